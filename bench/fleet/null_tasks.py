"""`null_tasks` and `null_latency`: tasks that do nothing, from submission to a result in PostgreSQL, against Celery with RabbitMQ.

Ours: the whole history as events, each on disk before it is acknowledged; a scheduler that chooses; a runner that keeps orders and reports on disk; tables that are
folded from the log. Theirs: acknowledged late, publishing confirmed, `started` tracked, results in the same PostgreSQL. Both sides are told by Python
programs straight at their broker: ours by 64 senders, for a runner of 64 slots; theirs by one, for four worker processes. Both are asked for the result in the
table: again and again, but for one of ours, of which whoever waits is told as by the api (a notification with each commit of the projector; Celery's table has
none, and is asked every 2 ms).

RabbitMQ comes from Debian's package; without it there is nothing to hold against, and the bench says so. Celery is installed into `.bench/celery`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from typing import Self

import asyncpg

from bench.fleet.celery_side import CelerySide, rabbitmq
from bench.fleet.stack import core_of, null_stack, submit
from bench.fleet.until import until_all
from bench.frame import Figure, Goal
from core.events.ids import TaskId
from core.nats.log import EventLog
from infra.embedded.stack import Stack
from projections.position import Position

TASKS, ROUNDS = 1_000, 5
SINGLES = 100
SLOTS, SENDERS = 64, 64
EVENTS_OF_ONE = 4
"""Submitted, queued, started, completed."""
SETTINGS = {"MGEPROF_RUNNER_SLOTS": str(SLOTS)}

ENDED = "SELECT count(*) FROM read.task_list WHERE id = ANY ($1) AND state = 'completed'"

Side = Callable[[int], Awaitable[float]]


async def run(tasks: int = TASKS) -> Sequence[Figure]:
    """Tasks a second, and seconds for one, by turns."""
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with AsyncExitStack() as opened:
            stack = await opened.enter_async_context(
                null_stack(Path(folder) / "home", ["scheduler", "projector", "runner"], SETTINGS)
            )
            await stack.start()
            ours = await opened.enter_async_context(OurSide(stack))
            sides: list[Side] = [ours]
            if rabbitmq() is None:
                print("null_tasks: RabbitMQ is not installed (apt install rabbitmq-server): nothing to hold against")
            else:
                sides.append(await opened.enter_async_context(CelerySide(stack, Path(folder) / "rabbitmq")))
            for side in sides:
                await side(20)
            rates: list[list[float]] = [[] for _ in sides]
            singles: list[list[float]] = [[] for _ in sides]
            for _ in range(ROUNDS):
                for side, samples in zip(sides, rates, strict=True):
                    samples.append(tasks / await side(tasks))
            await ours.listen()
            for _ in range(SINGLES):
                for side, samples in zip(sides, singles, strict=True):
                    samples.append(await side(1) * 1000)
    theirs = (rates[1], singles[1]) if len(sides) > 1 else ((), ())
    return [
        Figure("null_tasks", "tasks/s", rates[0], theirs[0], Goal(2.0, "higher") if theirs[0] else None),
        Figure("null_latency", "ms", singles[0], theirs[1], Goal(1.0) if theirs[1] else None),
    ]


class OurSide:
    """Appends submissions, and looks into the read model."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._url = stack.services.environment["MGEPROF_DATABASE_URL"]
        self._number = 0
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._nc = await core_of(self._stack)
        self._log = EventLog(self._nc)
        self._tables = await asyncpg.connect(self._url)
        return self

    async def listen(self) -> None:
        """From now on the end of a task is told."""
        self._position = await self._opened.enter_async_context(Position(self._url))
        await self._until_told(1)

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()
        await self._tables.close()
        await self._nc.close()

    async def __call__(self, count: int) -> float:
        """Seconds until the last of so many tasks has its result in the table."""
        began = perf_counter()
        room = asyncio.Semaphore(SENDERS)
        last = self._number + count

        async def one(number: int) -> tuple[TaskId, int]:
            async with room:
                return await submit(self._log, number)

        submitted = await asyncio.gather(*(one(number) for number in range(self._number, last)))
        self._number = last
        if count == 1:  # the last of its events, if nothing came between; else the table is asked again
            await self._until_told(submitted[0][1] + EVENTS_OF_ONE - 1)
        await until_all(self._tables, ENDED, [str(task) for task, _ in submitted])
        return perf_counter() - began

    async def _until_told(self, sequence: int) -> None:
        """Until the tables show the event of this sequence."""
        if not await self._position.reached(sequence, 10.0):
            raise TimeoutError(f"the tables do not come to event {sequence}")
