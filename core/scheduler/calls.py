"""Answering runners: hello, ready, beat, urls, bye. What is to be removed asks the api."""

import structlog
from pydantic import BaseModel, ValidationError

from core.domain.decider import RejectedError
from core.domain.runner import RUNNER, Appear, Describe, Enroll, Leave
from core.domain.task import Status
from core.events.ids import RunnerId
from core.events.runner import LeaveReason, Pool
from core.events.subjects import runner_key
from core.nats.control import BrokerFaultError, ControlLink
from core.nats.execute import Known
from core.nats.log import LogUnavailableError
from core.protocol.calls import (
    BEAT,
    BYE,
    HELLO,
    READY,
    REMOVE,
    URLS,
    Beat,
    BeatAnswer,
    Hello,
    Ready,
    Urls,
    UrlsRequest,
    Welcome,
)
from core.protocol.orders import AttemptRef
from core.protocol.wire import for_runners
from core.s3 import keys
from core.s3.errors import StorageUnavailableError
from core.s3.store import ObjectStore
from core.scheduler.board import Board, KnownRunner
from core.scheduler.decisions import Decisions
from core.scheduler.leases import Leases
from core.scheduler.open_task import OpenTask

logger = structlog.get_logger(__name__)


class Calls:
    def __init__(
        self, board: Board, decisions: Decisions, leases: Leases, link: ControlLink, store: ObjectStore, url_s: int
    ) -> None:
        self._board = board
        self._decisions = decisions
        self._leases = leases
        self._link = link
        self._store = store
        self._url_s = url_s

    async def answer(self, runner_id: RunnerId, method: str, payload: bytes) -> bytes | None:
        """No answer at all makes the runner ask again later: that is right for whatever passes by itself."""
        try:
            reply = await self._dispatch(runner_id, method, payload)
        except ValidationError as error:
            logger.warning(
                "call not understood", action="call_malformed", runner=str(runner_id), method=method, error=str(error)
            )
            return None
        except (RejectedError, LogUnavailableError, BrokerFaultError, StorageUnavailableError) as error:
            logger.warning(
                "call not answered", action="call_unanswered", runner=str(runner_id), method=method, error=str(error)
            )
            return None
        return for_runners(reply) if reply is not None else None

    async def _dispatch(self, runner_id: RunnerId, method: str, payload: bytes) -> BaseModel | None:
        if method == HELLO:
            return await self._hello(runner_id, Hello.model_validate_json(payload))
        runner = self._board.runners.get(runner_id)
        if runner is None or not runner.known.state.present:
            return BeatAnswer(known=False) if method == BEAT else None
        if method == READY:
            self._ready(runner, Ready.model_validate_json(payload))
        elif method == BEAT:
            return self._beat(runner, Beat.model_validate_json(payload))
        elif method == URLS:
            return await self._urls(runner, UrlsRequest.model_validate_json(payload))
        elif method == BYE:
            await self._bye(runner)
        elif method != REMOVE:  # which the api answers
            logger.warning("unknown call", action="call_unknown", runner=str(runner_id), method=method)
        return None

    async def _hello(self, runner_id: RunnerId, hello: Hello) -> Welcome:
        """The broker lets in only runners that its configuration names, so an unknown one is enrolled at its first hello."""
        key = runner_key(hello.platform, runner_id)
        runner = self._board.runners.setdefault(runner_id, KnownRunner(key, Known(RUNNER.initial, 0)))
        if runner.key != key:
            return Welcome(
                refused=f"This runner is known as {runner.key.platform}; a device never changes its platform."
            )
        runner.heard_at = self._leases.clock()  # before it counts as present: its silence of before is over
        runner.free = 0
        try:
            await self._decisions.on_runner(runner, Enroll(Pool.PUBLIC))
            await self._decisions.on_runner(runner, Describe(hello.description))
            await self._decisions.on_runner(runner, Appear())
        except RejectedError as error:
            return Welcome(refused=str(error))
        await self._link.ensure_orders_of(hello.platform, runner_id)
        return Welcome()

    def _ready(self, runner: KnownRunner, ready: Ready) -> None:
        runner.heard_at = self._leases.clock()
        runner.free = ready.free

    def _beat(self, runner: KnownRunner, beat: Beat) -> BeatAnswer:
        runner.heard_at = self._leases.clock()
        stop: list[AttemptRef] = []
        for ref in beat.attempts:
            entry = self._held(runner, ref)
            if entry is None:
                stop.append(ref)
                continue
            self._leases.renew(ref)
            if entry.status is Status.CANCELLING:
                stop.append(ref)
        running = self._board.running_on(runner.id)
        if len(running) == self._board.taken_on(runner.id) and all(self._leases.confirmed(one.ref) for one in running):
            runner.free = beat.free  # else an order is still on its way to the slot that the beat calls free
        # Their leases are not renewed: a report that can never count must not hold its task.
        settled = tuple(ref for ref in beat.reported if self._held(runner, ref) is None)
        return BeatAnswer(stop=tuple(stop), settled=settled)

    async def _urls(self, runner: KnownRunner, request: UrlsRequest) -> Urls:
        entry = self._held(runner, request.ref)
        if entry is None:
            return Urls(refused=True)
        ref, wanted = request.ref, entry.submitted
        return Urls(
            model=await self._store.presign_get(keys.model(wanted.model), self._url_s),
            request=await self._store.presign_get(keys.request(ref.task), self._url_s),
            inputs={sha: await self._store.presign_get(keys.input_(sha), self._url_s) for sha in wanted.inputs},
            put={
                name: await self._store.presign_put(keys.artifact(ref.task, ref.attempt, name), self._url_s)
                for name in request.put
            },
        )

    async def _bye(self, runner: KnownRunner) -> None:
        runner.free = 0
        await self._decisions.on_runner(runner, Leave(LeaveReason.SAID_SO))

    def _held(self, runner: KnownRunner, ref: AttemptRef) -> OpenTask | None:
        """The task, if this is its current attempt and this runner holds it."""
        entry = self._board.tasks.get(ref.task)
        if entry is None or not entry.running or entry.ref != ref or entry.runner_id != runner.id:
            return None
        return entry
