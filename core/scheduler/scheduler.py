"""The scheduler's loops over one board: follow the log, take reports, decide, and look at the clock."""

import asyncio

import structlog

from core.domain.task import MOVING, Status, next_step
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate, RunnerId, TaskId
from core.nats.control import ControlLink, ReportMessage
from core.nats.log import EventLog
from core.s3.store import ObjectStore
from core.scheduler.assignment import Assignment
from core.scheduler.board import Board
from core.scheduler.calls import Calls
from core.scheduler.clock import Clock
from core.scheduler.decisions import Decisions
from core.scheduler.inspections import Inspections
from core.scheduler.leases import Leases
from core.scheduler.open_task import OpenTask
from core.scheduler.reports import Reports
from core.scheduler.settings import Periods
from core.scheduler.store import BoardStore, Touched
from core.scheduler.timers import Timers

logger = structlog.get_logger(__name__)

_AT_ONCE = 32
"""Reports, and steps of tasks, that are on their way to the log together."""
_STORE_AFTER = 20_000
"""Events that are folded before they are stored, while nobody waits for an answer yet: of most tasks of long ago nothing is left by then."""
_STORE_EVERY_S = 2.0
"""What was folded meanwhile is stored in one transaction, and of a task that came and ended meanwhile nothing is; the next scheduler folds it again."""


class Scheduler:
    def __init__(
        self,
        board: Board,
        log: EventLog,
        link: ControlLink,
        store: BoardStore,
        objects: ObjectStore,
        periods: Periods,
        clock: Clock,
    ) -> None:
        self.board = board
        self._log = log
        self._link = link
        self._store = store
        self._tick_s = periods.tick_s
        self._steps_due = asyncio.Event()
        self._work_due = asyncio.Event()
        self._folded = asyncio.Event()
        self._unstored = Touched()
        leases = Leases(periods.lease_s, periods.order_retry_s, clock.monotonic)
        decisions = Decisions(log, board, clock.now)
        self._decisions = decisions
        self._assignment = Assignment(board, decisions, leases, link)
        self._calls = Calls(board, decisions, leases, link, objects, periods.url_s)
        self._reports = Reports(board, decisions)
        self._inspections = Inspections(log, decisions)
        self._timers = Timers(board, decisions, leases, self._assignment, clock.now, link.is_connected)

    async def catch_up(self) -> None:
        """Fold what was appended while no scheduler ran."""
        target = await self._log.last_sequence()
        if self.board.sequence < target:
            async for batch in self._log.follow(self.board.sequence):
                self._fold(batch)
                over = self.board.sequence >= target
                if over or self._unstored.events >= _STORE_AFTER:
                    await self._store_folded()
                if over:
                    break
        logger.info("board loaded", action="board_loaded", sequence=self.board.sequence, tasks=len(self.board.tasks))

    async def follow(self) -> None:
        """Fold the log; never ends."""
        async for batch in self._log.follow(self.board.sequence):
            if not batch:
                continue
            self._fold(batch)
            await self._inspections.settle()
            for id_ in {TaskId(event.key.id) for event in batch if event.key.aggregate is Aggregate.TASK}:
                if (entry := self.board.tasks.get(id_)) and entry.status is Status.CANCELLING:
                    await self._link.send_stop(entry.runner_id, entry.ref)
            self._look_again()

    def _fold(self, batch: list[Recorded[Fact]]) -> None:
        for event in batch:
            self.board.apply(event)
            self._inspections.note(event)
            self._unstored.note(event)
        self._folded.set()

    async def keep_stored(self) -> None:
        """Store the board after what was folded; never ends."""
        while True:
            await self._folded.wait()
            await self._store_folded()
            await asyncio.sleep(_STORE_EVERY_S)

    async def _store_folded(self) -> None:
        await self._inspections.settle()
        touched, self._unstored = self._unstored, Touched()
        self._folded.clear()
        if touched.events:
            await self._store.save(self.board, touched)

    async def take_reports(self) -> None:
        """Several at a time; those on one attempt are told apart by the log."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def handle(message: ReportMessage) -> None:
            try:
                await self._reports.handle(message)
            finally:
                room.release()
            self._look_again()

        async with asyncio.TaskGroup() as group:
            async for message in self._link.reports():
                await room.acquire()
                group.create_task(handle(message))

    async def serve_calls(self) -> None:
        async def answer(runner_id: RunnerId, method: str, payload: bytes) -> bytes | None:
            reply = await self._calls.answer(runner_id, method, payload)
            self._look_again()
            return reply

        await self._link.serve_calls(answer)

    def _look_again(self) -> None:
        """Something has changed: steps may follow from it, and work may be given out."""
        self._steps_due.set()
        self._work_due.set()

    async def take_steps(self) -> None:
        """Whatever follows of itself; never ends."""
        while True:
            await self._steps_due.wait()
            self._steps_due.clear()
            while moving := self.board.take_moving(_AT_ONCE):
                await asyncio.gather(*map(self._advance, moving))
                self._work_due.set()

    async def _advance(self, entry: OpenTask) -> None:
        while entry.status in MOVING and (command := next_step(entry.state)) is not None:
            await self._decisions.on_task(entry, command)

    async def give_out_work(self) -> None:
        """To whoever is free; never ends. It waits for no step of another task, so that no crowd that comes holds up those that run."""
        async with asyncio.TaskGroup() as group:
            while True:
                await self._work_due.wait()
                self._work_due.clear()
                await self._assignment.assign(group)

    async def watch_the_clock(self) -> None:
        while True:
            await asyncio.sleep(self._tick_s)
            await self._timers.tick()
            self._look_again()
