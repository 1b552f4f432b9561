"""The scheduler's loops over one board: follow the log, take reports, decide, and look at the clock."""

import asyncio

import structlog

from core.domain.task import Status, next_step
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
from core.scheduler.store import BoardStore
from core.scheduler.timers import Timers

logger = structlog.get_logger(__name__)

_AT_ONCE = 32
"""Decisions on tasks, or reports, that are on their way to the log together; free runners are given work between them, so that no crowd holds them up."""
_STORE_EVERY_S = 0.5
"""What was folded meanwhile is stored in one transaction; a scheduler that is killed folds it again."""


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
        self._wake = asyncio.Event()
        self._folded = asyncio.Event()
        self._unstored: list[Recorded[Fact]] = []
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
                await self._fold(batch)
                await self._store_folded()
                if self.board.sequence >= target:
                    break
        logger.info("board loaded", action="board_loaded", sequence=self.board.sequence, tasks=len(self.board.tasks))

    async def follow(self) -> None:
        """Fold the log; never ends."""
        async for batch in self._log.follow(self.board.sequence):
            if not batch:
                continue
            await self._fold(batch)
            for id_ in {TaskId(event.key.id) for event in batch if event.key.aggregate is Aggregate.TASK}:
                if (entry := self.board.tasks.get(id_)) and entry.status is Status.CANCELLING:
                    await self._link.send_stop(entry.runner_id, entry.ref)
            self._wake.set()

    async def _fold(self, batch: list[Recorded[Fact]]) -> None:
        for event in batch:
            self.board.apply(event)
        await self._inspections.note(batch)
        self._unstored += batch
        self._folded.set()

    async def keep_stored(self) -> None:
        """Store the board after what was folded; never ends."""
        while True:
            await self._folded.wait()
            await self._store_folded()
            await asyncio.sleep(_STORE_EVERY_S)

    async def _store_folded(self) -> None:
        batch, self._unstored = self._unstored, []
        self._folded.clear()
        if batch:
            await self._store.save(self.board, batch)

    async def take_reports(self) -> None:
        """Several at a time; those on one attempt are told apart by the log."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def handle(message: ReportMessage) -> None:
            try:
                await self._reports.handle(message)
            finally:
                room.release()
            self._wake.set()

        async with asyncio.TaskGroup() as group:
            async for message in self._link.reports():
                await room.acquire()
                group.create_task(handle(message))

    async def serve_calls(self) -> None:
        async def answer(runner_id: RunnerId, method: str, payload: bytes) -> bytes | None:
            reply = await self._calls.answer(runner_id, method, payload)
            self._wake.set()
            return reply

        await self._link.serve_calls(answer)

    async def decide(self) -> None:
        """Whatever has changed: take the steps that follow, then give out work."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while changed := self.board.take_changed(_AT_ONCE):
                await asyncio.gather(*map(self._advance, changed))
                await self._assignment.assign()
            await self._assignment.assign()

    async def _advance(self, entry: OpenTask) -> None:
        # What waits for a runner has no step of its own; its packed state need not be read for that.
        while (
            entry.id in self.board.tasks
            and entry.status is not Status.QUEUED
            and (command := next_step(entry.state)) is not None
        ):
            await self._decisions.on_task(entry, command)

    async def watch_the_clock(self) -> None:
        while True:
            await asyncio.sleep(self._tick_s)
            await self._timers.tick()
            self._wake.set()
