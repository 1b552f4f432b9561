"""A scheduler that does as it is told, in the place of the real one: it speaks the runners' protocol on account RUN."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from nats.errors import Error as NatsError
from pydantic import ValidationError

from core.events.ids import Platform, RunnerId, TaskId, new_id
from core.events.subjects import REPORTS
from core.nats.control import BrokerFaultError, ControlLink
from core.protocol import calls
from core.protocol.calls import Beat, BeatAnswer, Hello, Ready, Urls, UrlsRequest, Welcome
from core.protocol.orders import AttemptRef, InputFile, Report, RequestDocument, Result, WorkOrder
from core.trace import Point
from tests.integration.runner.objects import Objects
from tests.unit.runner.orders import order

PATIENCE_S = 180


@dataclass
class ControlPlane:
    """What the runner said is kept in lists; ``deaf_to`` names the calls that get no answer."""

    runner: RunnerId
    link: ControlLink
    objects: Objects
    welcome: Welcome = field(default_factory=Welcome)
    unwanted: set[AttemptRef] = field(default_factory=set)
    deaf_to: set[str] = field(default_factory=set)
    settles: bool = True
    """Whether what a runner reported counts at once."""
    gone: set[AttemptRef] = field(default_factory=set)
    """Attempts for which URLs are refused."""
    hellos: list[Hello] = field(default_factory=list)
    readies: list[Ready] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    asked: list[UrlsRequest] = field(default_factory=list)
    byes: int = 0
    reports: list[Report] = field(default_factory=list)
    _forget: bool = False

    async def begin(self) -> None:
        await self.link.ensure_streams()
        await self.link.ensure_orders_of(Platform.X86, self.runner)
        await self.link.serve_calls(self._answer)

    async def take_no_reports(self) -> None:
        """As a broker whose disk is full: it refuses reports and goes on with everything else."""
        await self._limit_reports(1)

    async def take_reports_again(self) -> None:
        await self._limit_reports(-1)

    async def _limit_reports(self, size: int) -> None:
        info = await self.link._js.stream_info(REPORTS)
        await self.link._js.update_stream(info.config.evolve(max_msg_size=size))

    async def take_reports(self) -> None:
        async for message in self.link.reports():
            with suppress(ValidationError):
                self.reports.append(Report.model_validate_json(message.payload))
            await message.accept()

    async def _answer(self, runner: RunnerId, method: str, payload: bytes) -> bytes | None:
        assert runner == self.runner
        if method in self.deaf_to:
            return None
        try:
            reply = self._reply(method, payload)
        except ValidationError:
            return None
        return reply.model_dump_json().encode() if reply is not None else None

    def _reply(self, method: str, payload: bytes) -> Welcome | BeatAnswer | Urls | None:
        match method:
            case calls.HELLO:
                self.hellos.append(Hello.model_validate_json(payload))
                return self.welcome
            case calls.READY:
                self.readies.append(Ready.model_validate_json(payload))
            case calls.BEAT:
                self.beats.append(beat := Beat.model_validate_json(payload))
                known, self._forget = not self._forget, False
                recorded = {report.ref for report in self.reports} if self.settles else set()
                return BeatAnswer(
                    stop=tuple(ref for ref in beat.attempts if ref in self.unwanted),
                    settled=tuple(ref for ref in beat.reported if ref in recorded),
                    known=known,
                )
            case calls.URLS:
                self.asked.append(request := UrlsRequest.model_validate_json(payload))
                return self._urls(request)
            case calls.BYE:
                self.byes += 1
        return None

    def _urls(self, request: UrlsRequest) -> Urls:
        if request.ref in self.gone:
            return Urls(refused=True)
        wanted = self.orders[request.ref]
        return Urls(
            model=self.objects.url(wanted.model),
            request=self.objects.url(wanted.request),
            inputs={sha256: self.objects.url(sha256) for sha256 in wanted.inputs},
            put={name: self.objects.url(f"{request.ref}-{name}") for name in request.put},
        )

    orders: dict[AttemptRef, WorkOrder] = field(default_factory=dict)

    async def order(self, model: bytes, inputs: dict[str, bytes] | None = None, *, attempt: int = 1) -> WorkOrder:
        """Have a model measured: its files are there and its order is sent."""
        digest, _url = self.objects.holding(model)
        digests = {name: self.objects.holding(body)[0] for name, body in (inputs or {}).items()}
        named = {name: InputFile(sha256=sha256) for name, sha256 in digests.items()}
        request, _url = self.objects.holding(RequestDocument(inputs=named).model_dump_json().encode())
        made = order(AttemptRef(task=TaskId(new_id()), attempt=attempt)).model_copy(
            update={"model": digest, "inputs": tuple(digests.values()), "request": request}
        )
        self.orders[made.ref] = made
        await self.send(made)
        return made

    async def send(self, made: WorkOrder) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(BrokerFaultError, NatsError):
                    # A broker that was restarted has forgotten the way.
                    await self.link.ensure_orders_of(Platform.X86, self.runner)
                    return await self.link.send_order(Platform.X86, self.runner, made, Point(uuid4()), confirmed=True)

    async def stop(self, ref: AttemptRef) -> None:
        """What the scheduler does with an attempt that is no longer wanted: say so in answers to beats, and hint at it now."""
        self.unwanted.add(ref)
        await self.link.send_stop(self.runner, ref)

    def forget_the_runner(self) -> None:
        """As a scheduler that wrote it off meanwhile."""
        self._forget = True

    async def result(self, ref: AttemptRef) -> Result:
        """The first report on an attempt, as soon as it is there."""
        await until(lambda: any(report.ref == ref for report in self.reports))
        return next(report.result for report in self.reports if report.ref == ref)

    async def running(self, ref: AttemptRef) -> None:
        """Return when a beat lists the attempt."""
        await until(lambda: bool(self.beats) and ref in self.beats[-1].attempts)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.02)
