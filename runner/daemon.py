"""The runner's loops: take orders, beat, stop what is no longer wanted, and see reports delivered."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Protocol

import structlog

from core.events.failure import FailureKind
from core.events.task import Cancelled, Failed
from core.nats.edge import ControlPlaneSilentError, OrderMessage, RunnerLink
from core.process import cancel_all
from core.protocol.calls import BEAT, BYE, HELLO, READY, Beat, BeatAnswer, Bye, Hello, Ready, Welcome
from core.protocol.orders import Abandoned, AttemptRef, Result, WorkOrder
from core.trace import Point, current, tracing
from runner import machine
from runner.attempt import AttemptGoneError
from runner.reporting import Reporting
from runner.spans import attempt_told
from runner.spool import Spool

logger = structlog.get_logger(__name__)

_AGAIN_S = 1.0
_BEAT_GAP_S = 0.05
"""Between two beats, however much there is to say: orders that come in a crowd are listed together."""


class RunnerRefusedError(Exception):
    """The control plane does not want this runner; the message says why."""


class Workshop(Protocol):
    """Where orders are carried out."""

    async def work(self, order: WorkOrder) -> Result:
        """One attempt, to its end. Cancelling it leaves nothing. Raises AttemptGoneError, or ControlPlaneSilentError."""
        ...

    async def keep(self) -> None:
        """Be ready for the next order; never ends."""
        ...


class Daemon:
    def __init__(self, link: RunnerLink, workshop: Workshop, spool: Spool, hello: Hello, beat_s: float) -> None:
        self._link = link
        self._workshop = workshop
        self._spool = spool
        self._hello = hello
        self._beat_s = beat_s
        self._slots = hello.description.slots
        self._gate = asyncio.Semaphore(self._slots)
        self._leaving = False
        self._finishing = False
        self._ended = asyncio.Event()
        self._running: dict[AttemptRef, asyncio.Task[None]] = {}
        self._listed: dict[AttemptRef, None] = {}
        """Those of them whose order is on disk: beats tell of no other."""
        self._beat_now = asyncio.Event()
        self._reporting = Reporting(link, spool, patience_s=beat_s)
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def loops(self) -> tuple[Callable[[], Coroutine[object, object, None]], ...]:
        """All of them have to run, each for ever; one that ends ends the daemon."""
        return (
            self.take_orders,
            self.send_reports,
            self.beat,
            self.heed_stops,
            self._workshop.keep,
            self.until_broken,
        )

    async def introduce(self) -> None:
        """Say hello until somebody answers. Raises RunnerRefusedError."""
        while True:
            try:
                welcome = await self._link.call(HELLO, self._hello, Welcome)
            except ControlPlaneSilentError as error:
                logger.info("nobody answers yet", action="hello_unanswered", error=str(error))
                await asyncio.sleep(_AGAIN_S)
                continue
            if welcome.refused is not None:
                raise RunnerRefusedError(welcome.refused)
            await self._say_ready()
            return

    def give_up_leftovers(self) -> None:
        """Attempts that were left without a report, by an earlier run of this program or just now, are lost, and that is said at once."""
        for order in self._spool.orders():
            logger.warning("attempt abandoned", action="abandoned", ref=str(order.ref))
            self._reporting.keep(order.ref, self._abandoned(order.ref))
        self._reporting.begin()

    async def take_orders(self) -> None:
        """Those that come in a crowd go to disk together. An attempt begins meanwhile: where the runner dies in that moment nothing is known of it, and its order comes again."""
        async with asyncio.TaskGroup() as group:
            async for message in self._link.orders():
                group.create_task(self._take(message))

    async def _take(self, message: OrderMessage) -> None:
        if self._spool.knows(message.ref):
            await self._spool.written()
        elif message.order is None:
            self._refuse(message.ref)
            await self._spool.written()
        else:
            self._spool.take(message.order)
            self._begin(message.order, message.at)
            await self._spool.written()
            self._list(message.ref)
        await message.accept()

    def _list(self, ref: AttemptRef) -> None:
        """From now on it is in the beats, unless it has ended meanwhile."""
        if ref in self._running:
            self._listed[ref] = None
            self._beat_now.set()

    def _refuse(self, ref: AttemptRef) -> None:
        """To leave out what it does not know would give other figures than were asked for."""
        logger.error("the order asks for what only a later release can do", action="order_refused", ref=str(ref))
        self._reporting.keep(ref, Failed(attempt=ref.attempt, kind=FailureKind.UNSUPPORTED))

    def _begin(self, order: WorkOrder, at: Point | None) -> None:
        with tracing(at):  # the task takes it along
            task = asyncio.create_task(self._work(order), name=f"attempt {order.ref}")
        task.add_done_callback(self._notice_defect)
        self._running[order.ref] = task

    def _notice_defect(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self._broken.done():
            self._broken.set_exception(error)

    async def until_broken(self) -> None:
        """Raises what kept an attempt from leaving a report: else its slot and its lease would be held for ever."""
        await self._broken

    async def _work(self, order: WorkOrder) -> None:
        """Ends with a report, whatever happens; only the end of the program itself leaves none."""
        logger.info("attempt begins", action="attempt_begins", ref=str(order.ref), engine=order.engine)
        with attempt_told(order) as over:
            result = await self._result(order)
            over(result)
            self._reporting.keep(order.ref, result, current())

    async def _result(self, order: WorkOrder) -> Result:
        try:
            async with self._gate:
                return await self._workshop.work(order)
        except asyncio.CancelledError:
            return self._abandoned(order.ref) if self._leaving else Cancelled(attempt=order.ref.attempt)
        except (AttemptGoneError, ControlPlaneSilentError) as error:
            logger.warning("attempt given up", action="attempt_given_up", ref=str(order.ref), error=repr(error))
            return self._abandoned(order.ref)
        except Exception:  # a defect here, or a result that breaks the protocol: the user must hear of it
            logger.exception("attempt broke the runner", action="attempt_defect", ref=str(order.ref))
            return Failed(attempt=order.ref.attempt, kind=FailureKind.INTERNAL)

    def _abandoned(self, ref: AttemptRef) -> Abandoned:
        return Abandoned(attempt=ref.attempt, orderly=self._leaving)

    async def send_reports(self) -> None:
        """An attempt that is in the beats stays there until the broker has its report. Raises OSError when a report cannot be kept (a full disk)."""
        await self._reporting.tell_for_ever(self._reported, self._say_ready)

    def _reported(self, ref: AttemptRef) -> None:
        self._running.pop(ref, None)
        self._listed.pop(ref, None)
        self._ended.set()

    async def beat(self) -> None:
        while True:
            try:
                await self._beat_once()
            except ControlPlaneSilentError as error:
                logger.warning("beat unanswered", action="beat_unanswered", error=str(error))
            await asyncio.sleep(min(_BEAT_GAP_S, self._beat_s))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._beat_now.wait(), self._beat_s)
            self._beat_now.clear()

    async def _beat_once(self) -> None:
        beat = Beat(
            free=self._free,
            attempts=tuple(self._listed),
            reported=self._reporting.unsettled,
            load=machine.load(),
            temperature=machine.temperature(),
        )
        answer = await self._link.call(BEAT, beat, BeatAnswer)
        self._reporting.settle(answer.settled)
        self._spool.answered()
        if not answer.known:
            await self.introduce()
        for ref in answer.stop:
            if task := self._running.get(ref):
                logger.info("stopping", action="stopping", ref=str(ref))
                task.cancel()

    async def heed_stops(self) -> None:
        """A stop is only a hint: the next beat's answer confirms it, so beat now."""
        async for _ref in self._link.stops():
            self._beat_now.set()

    async def finish(self, seconds: float) -> None:
        """Take nothing more, and let what runs come to its end and its report be delivered, but no longer than this. All loops have to run on meanwhile."""
        self._finishing = True
        self._beat_now.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._running:
                    logger.info("finishing", action="finishing", attempts=len(self._running))
                    self._ended.clear()
                    await self._ended.wait()

    async def leave(self) -> None:
        """Kill what runs, say that it was abandoned as far as somebody listens, and say good-bye."""
        self._leaving = True
        await cancel_all(self._running.values())
        self.give_up_leftovers()
        with suppress(ControlPlaneSilentError, TimeoutError):
            await self._reporting.tell_last()
            await self._link.tell(BYE, Bye())
            await self._link.flush()
        await self._spool.written()

    @property
    def _free(self) -> int:
        return 0 if self._finishing else max(0, self._slots - len(self._running))

    async def _say_ready(self) -> None:
        if self._free:
            await self._link.tell(READY, Ready(free=self._free))
