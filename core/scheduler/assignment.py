"""Giving waiting tasks to free runners, and seeing to it that the orders arrive."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import structlog

from core.domain.task import Start
from core.events import task
from core.events.ids import RunnerId
from core.nats.control import BrokerFaultError, ControlLink
from core.protocol.orders import AttemptRef, WorkOrder
from core.scheduler.board import Board, KnownRunner
from core.scheduler.choose import Choice, choose
from core.scheduler.decisions import Decisions
from core.scheduler.leases import Leases
from core.scheduler.open_task import OpenTask
from core.spans.span import Attributes, is_kept, nanoseconds, span, tell

logger = structlog.get_logger(__name__)

_AT_ONCE = 128
"""Starts that are on their way to the log and to runners together: what is chosen while the broker writes goes to disk with its next write."""
_IN_A_ROW = 32
"""Choices that are made before anything else gets its turn."""


class Assignment:
    def __init__(self, board: Board, decisions: Decisions, leases: Leases, link: ControlLink) -> None:
        self._board = board
        self._decisions = decisions
        self._leases = leases
        self._link = link
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def assign(self, group: asyncio.TaskGroup) -> None:
        """Give every free slot a task, as far as any waits for it. Returns when all starts are on their way; ``group`` sees to their end."""
        choices = self._choices()
        for number in count(1):
            await self._room.acquire()
            chosen = next(choices, None)
            if chosen is None:
                self._room.release()
                return
            group.create_task(self._start(*chosen)).add_done_callback(lambda _: self._room.release())
            if number % _IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _choices(self) -> Iterator[tuple[OpenTask, Choice, KnownRunner]]:
        """Each is promised as it is made, so that the next choice is made without it."""
        for runner in [one for one in self._board.runners.values() if one.free > 0]:
            while self._may_work(runner) and (choice := self._choose(runner)) is not None:
                runner.free -= 1
                entry = self._board.tasks[choice.task]
                self._board.promise(entry, runner.id)
                yield entry, choice, runner

    def _choose(self, runner: KnownRunner) -> Choice | None:
        board = self._board
        return choose(board.waiting, runner, board.held, board.runners.values())

    def _may_work(self, runner: KnownRunner) -> bool:
        """Both must agree: what the runner said, and what the log says that it runs."""
        return runner.usable and runner.free > 0 and self._board.taken_on(runner.id) < runner.slots

    async def _start(self, entry: OpenTask, choice: Choice, runner: KnownRunner) -> None:
        at = entry.at
        if is_kept(at):
            tell("wait", at, nanoseconds(entry.queued_at), time.time_ns(), {"mgeprof.waiting": choice.waiting})
        about: Attributes = {"mgeprof.id": entry.id, "mgeprof.runner": runner.id, "mgeprof.reason": choice.reason.value}
        with span("assign", at=at, attributes=about):
            await self._give(entry, choice, runner)

    async def _give(self, entry: OpenTask, choice: Choice, runner: KnownRunner) -> None:
        fact = task.Started(
            attempt=entry.state.attempt + 1,
            runner_id=runner.id,
            engine_build=runner.engines[entry.submitted.engine],
            lease_s=self._leases.lease_s,
            reason=choice.reason,
            waiting=choice.waiting,
            beat_age_s=self._leases.clock() - (runner.heard_at or self._leases.clock()),
        )
        started = await self._decisions.on_task(entry, Start(fact))
        self._board.settle(entry)
        if started is None:
            runner.free += 1
            return
        self._leases.begin(entry.ref, order_sent=await self._send_order(entry))
        logger.info(
            "started",
            action="started",
            task=str(entry.id),
            attempt=fact.attempt,
            runner=str(runner.id),
            trace_id=entry.correlation_id.hex,
        )

    async def send_stop(self, runner: RunnerId, ref: AttemptRef) -> None:
        """A hint only."""
        await self._link.send_stop(runner, ref)

    async def send_order_again(self, entry: OpenTask) -> None:
        """Also where the stream or the runner's consumer in it were lost: nothing that was in them counts."""
        try:
            await self._link.ensure_orders_of(entry.key.platform, entry.runner_id)
        except BrokerFaultError as error:
            logger.warning("no way for orders", action="orders_unavailable", ref=str(entry.ref), error=str(error))
            return
        await self._send_order(entry, confirmed=True)

    async def _send_order(self, entry: OpenTask, *, confirmed: bool = False) -> bool:
        """Publish the order of the attempt that runs. A failure is made good by the retry, and so is an order that the broker did not take: what counts is that the runner's beats tell of the attempt."""
        wanted = entry.submitted
        order = WorkOrder(
            ref=entry.ref,
            kind=wanted.kind,
            model=wanted.model,
            inputs=wanted.inputs,
            request=wanted.request,
            engine=wanted.engine,
            options=wanted.options,
        )
        try:
            at = entry.at
            kept = replace(at, recorded=is_kept(at))
            await self._link.send_order(entry.key.platform, entry.runner_id, order, kept, confirmed=confirmed)
        except BrokerFaultError as error:
            logger.warning("order not sent", action="order_unsent", ref=str(order.ref), error=str(error))
            return False
        return True
