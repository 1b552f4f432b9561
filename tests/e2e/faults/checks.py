"""What must hold whatever was done: every accepted task ended once, users were told how, and the tables are what the log says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from core.events import task
from core.events.envelope import Recorded
from core.events.failure import FailureKind
from core.events.ids import Aggregate
from core.nats.connection import connect
from core.nats.log import EventLog
from core.postgres.connection import open_pool
from projections.position import Position
from projections.rebuild import rebuild
from projections.verify import differences
from runner.spool import Spool
from tests.e2e.crowd import Crowd
from tests.e2e.faults.arena import Arena
from tests.e2e.faults.meddling import FORGED
from tests.e2e.processes import PATIENCE_S, engines_of, until

ENDS = (task.Completed, task.Inspected, task.Failed, task.Cancelled, task.Expired)
SLOTS = 2

Tasks = Mapping[str, list[Recorded[Any]]]


class Ledger:
    """The whole log's events by task, read on from where it was read to; the log itself is checked for gaps on the way."""

    def __init__(self, arena: Arena) -> None:
        self._known = arena.stack.services.environment
        self._read = 0
        self.tasks: dict[str, list[Recorded[Any]]] = defaultdict(list)
        self.seen: Counter[str] = Counter()
        """How many events of each type."""

    async def read(self) -> None:
        core = await connect(self._known["MGEPROF_NATS_URL"], self._known["MGEPROF_NATS_CORE_SEED"], name="test")
        try:
            log = EventLog(core)
            last = await log.last_sequence()
            if last > self._read:
                async for events in log.follow(self._read):
                    for event in events:
                        self._note(event)
                    if self._read >= last:
                        break
        finally:
            await core.close()

    def _note(self, event: Recorded[Any]) -> None:
        self._read = event.sequence
        self.seen[f"{event.key.aggregate}.{event.type}"] += 1
        if event.key.aggregate is Aggregate.TASK:
            self.tasks[str(event.key.id)].append(event)


async def check(arena: Arena, ledger: Ledger) -> None:
    """Everything but the tables."""
    await ledger.read()
    check_every_task_ended_once(ledger.tasks)
    check_users_know(ledger.tasks, arena.crowd)
    check_endings(ledger.tasks, arena)
    assert arena.forger.served == 0


def check_every_task_ended_once(tasks: Tasks) -> None:
    """Submitted once, ended once, and nothing but late reports after the end."""
    for events in tasks.values():
        kinds = [type(event.data) for event in events if not isinstance(event.data, task.LateReportKept)]
        assert (kinds[0], kinds.count(task.Submitted)) == (task.Submitted, 1)
        assert [kind for kind in kinds if kind in ENDS] == kinds[-1:]


def check_users_know(tasks: Tasks, crowd: Crowd) -> None:
    """The runs in the log are those that were accepted: none more, none less; and users were told how theirs ended."""
    runs = {id_: events for id_, events in tasks.items() if events[0].data.kind is task.TaskKind.PROFILE}
    assert len(set(crowd.names.values())) == len(crowd.told)
    assert crowd.told == {
        id_: next(event.data.type for event in events if isinstance(event.data, ENDS)) for id_, events in runs.items()
    }


def check_endings(tasks: Tasks, arena: Arena) -> None:
    """A task fails only by what was done: its engine was killed, three of its attempts were lost, or S3 was away. And nobody completes what another runs."""
    for events in tasks.values():
        [end] = [event.data for event in events if isinstance(event.data, ENDS)]
        lost = [event.data.reason for event in events if isinstance(event.data, task.AttemptLost)]
        match end:
            case task.Completed() | task.Inspected():
                assert end.attempt == len(lost) + 1
                assert isinstance(end, task.Inspected) or end.analyser != FORGED
            # Which of the two depends on whether the engine was up yet.
            case task.Failed(kind=FailureKind.ENGINE_CRASH | FailureKind.INTERNAL, exit_code=137):
                assert "kill engine" in arena.struck
            case task.Failed(kind=FailureKind.STORAGE_UNAVAILABLE):
                assert arena.struck & {"s3 outage", "kill s3", "stop s3"}
            case task.Failed(kind=FailureKind.RUNNER_LOST):
                assert len([reason for reason in lost if reason is not task.LossReason.RUNNER_STOPPED]) == 3
            case _:
                pytest.fail(f"{end} after {arena.done}")


async def check_tables(arena: Arena) -> None:
    """The tables that the projector made meanwhile are those that a fold of the log from scratch gives, and the scheduler holds nothing open."""
    known = arena.stack.services.environment
    core = await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_CORE_SEED"], name="test")
    try:
        await _compare(EventLog(core), known["MGEPROF_DATABASE_URL"])
    finally:
        await core.close()


async def _compare(log: EventLog, database_url: str) -> None:
    async with Position(database_url) as position, await open_pool(database_url, size=1) as pool:
        while True:
            last = await log.last_sequence()
            assert await position.reached(last, 60)
            await rebuild(log, database_url, "fresh", last)
            async with pool.acquire() as connection:
                found = await differences(connection, "read", "fresh")
                board = await connection.fetchval("SELECT sequence FROM scheduler.checkpoint")
                opened = await connection.fetchval("SELECT count(*) FROM scheduler.open_tasks")
            # A runner that came or went meanwhile has moved the live tables on: then they are looked at again.
            if await log.last_sequence() == last == board:
                assert found == []
                assert opened == 0
                return


async def check_nothing_is_left(arena: Arena) -> None:
    """No engine of a killed runner, and no order, once everything was stopped."""
    stack = arena.stack
    await until(lambda: len(engines_of(stack.home.path)) <= SLOTS, "the engines ended", PATIENCE_S)
    await stack.services.supervisor.stop()
    assert engines_of(stack.home.path) == []
    assert Spool(stack.home.path / "runner" / "spool").orders() == []
