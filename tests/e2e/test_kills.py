"""kill -9 of every process of ours in turn while tasks run and wait: nothing that was accepted is lost, or ends twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.events import task
from core.events.envelope import Fact, Recorded
from core.events.failure import FailureKind
from core.events.ids import Aggregate
from core.nats.connection import connect
from core.nats.log import EventLog
from core.postgres.connection import open_pool
from infra.embedded.stack import Stack
from infra.embedded.supervisor import Keeper
from projections.position import Position
from projections.rebuild import rebuild
from projections.verify import differences
from tests.e2e.conftest import MakeStack
from tests.e2e.crowd import Crowd, patient_client
from tests.e2e.processes import engines_of, parent_of, until

pytestmark = pytest.mark.engine

VICTIMS = ("runner", "engine", "scheduler", "projector", "api", "nats")
HURRIED = {
    "MGEPROF_SCHEDULER_LEASE_S": "5",
    "MGEPROF_SCHEDULER_ORDER_RETRY_S": "1",
    "MGEPROF_RUNNER_BEAT_S": "1",
    "MGEPROF_RUNNER_SLOTS": "2",
}
OPEN_RUNS = 5
SERVED_WITHIN_S = 600.0
ENDS = (task.Completed, task.Inspected, task.Failed, task.Cancelled, task.Expired)


@dataclass
class Battle:
    """A stack under fire. `kills`: how often each was hit; of the engine, how many processes."""

    stack: Stack
    crowd: Crowd
    rng: random.Random
    kills: Counter[str] = field(default_factory=Counter)

    async def round(self, victims: Sequence[str]) -> None:
        """Kill these one after the other, each while runs are at work, at a random moment; then let everybody be served."""
        async with asyncio.timeout(SERVED_WITHIN_S):
            coming = asyncio.create_task(self.crowd.keep_coming(OPEN_RUNS))
            for victim in victims:
                await self.crowd.until_timing()
                if victim == "engine":
                    await self._kill_engines()
                    continue
                await asyncio.sleep(self.rng.uniform(0.0, 1.0))
                await self._kill(self.stack.keepers[victim])
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await coming
            await self.crowd.until_served()

    async def _kill(self, keeper: Keeper) -> None:
        await keeper.until_ready()
        assert await keeper.kill() == -signal.SIGKILL
        self.kills[keeper.part.name] += 1

    async def _kill_engines(self) -> None:
        """Until one was hit at work: a run may have come to its end at the very moment."""
        failed = self.crowd.count("failed")
        while self.crowd.count("failed") == failed:
            await self.crowd.until_timing()
            for pid in engines_of(self.stack.home.path):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.kills["engine"] += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.crowd.until_more("failed", failed), 5)


@contextlib.asynccontextmanager
async def battle(stack: Stack, examples: Path, rng: random.Random) -> AsyncIterator[Battle]:
    async with patient_client(stack) as client:
        yield Battle(stack, await Crowd.gather(client, examples, rng), rng)


@pytest.fixture
async def hurried(make_stack: MakeStack) -> Stack:
    """A stack of the test's own, with short leases and two slots."""
    return await make_stack(HURRIED)


async def test_whoever_is_killed_every_accepted_task_ends_exactly_once(hurried: Stack, examples: Path) -> None:
    rng = random.Random(2)
    async with battle(hurried, examples, rng) as fought:
        await fought.round(rng.sample(VICTIMS, len(VICTIMS)))
        await check(fought)
        assert {name for name, hits in fought.kills.items() if hits} == set(VICTIMS)
        assert all(hurried.keepers[name].starts == 2 for name in VICTIMS if name != "engine")
    await check_nothing_is_left(hurried)


@pytest.mark.soak
async def test_many_rounds_in_any_order_at_any_moment(hurried: Stack, examples: Path) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201 - shown when the test fails
    rng = random.Random(seed)
    async with battle(hurried, examples, rng) as fought:
        for number in range(1, 26):
            await fought.round(rng.choices((*VICTIMS, "postgres", "s3"), k=8))
            await check(fought)
            print("round", number, dict(fought.kills), flush=True)  # noqa: T201 - shown with -s, and when the test fails
    await check_nothing_is_left(hurried)


# What must hold after each round ---------------------------------------------------------------------------------------


async def check(fought: Battle) -> None:
    environment = fought.stack.services.environment
    core = await connect(environment["MGEPROF_NATS_URL"], environment["MGEPROF_NATS_CORE_SEED"], name="test")
    try:
        log = EventLog(core)
        tasks = await tasks_of(log)
        check_every_task_ended_once(tasks)
        check_users_know(tasks, fought.crowd)
        check_endings(tasks, fought)
        await check_read_models(log, environment["MGEPROF_DATABASE_URL"])
    finally:
        await core.close()
    await check_engines(fought.stack)


async def tasks_of(log: EventLog) -> dict[str, list[Recorded[Any]]]:
    """The whole log's events by task; the log itself is checked for gaps on the way."""
    last, tasks = await log.last_sequence(), defaultdict[str, list[Recorded[Fact]]](list)
    async for events in log.follow(0):
        for event in events:
            if event.key.aggregate is Aggregate.TASK:
                tasks[str(event.key.id)].append(event)
        if events and events[-1].sequence >= last:
            break
    return tasks


def check_every_task_ended_once(tasks: dict[str, list[Recorded[Any]]]) -> None:
    """Submitted once, ended once, and nothing but late reports after the end."""
    for events in tasks.values():
        kinds = [type(event.data) for event in events if not isinstance(event.data, task.LateReportKept)]
        assert (kinds[0], kinds.count(task.Submitted)) == (task.Submitted, 1)
        assert [kind for kind in kinds if kind in ENDS] == kinds[-1:]


def check_users_know(tasks: dict[str, list[Recorded[Any]]], crowd: Crowd) -> None:
    """The runs in the log are those that were accepted: none more, none less; and users were told how theirs ended."""
    runs = {id_: events for id_, events in tasks.items() if events[0].data.kind is task.TaskKind.PROFILE}
    assert len(set(crowd.names.values())) == len(crowd.told)
    assert crowd.told == {
        id_: next(event.data.type for event in events if isinstance(event.data, ENDS)) for id_, events in runs.items()
    }


def check_endings(tasks: dict[str, list[Recorded[Any]]], fought: Battle) -> None:
    """A task fails only when its engine was killed, or when three of its attempts were lost."""
    crashed = 0
    for events in tasks.values():
        [end] = [event.data for event in events if isinstance(event.data, ENDS)]
        lost = sum(isinstance(event.data, task.AttemptLost) for event in events)
        match end:
            case task.Completed() | task.Inspected():
                assert end.attempt == lost + 1
            # Which of the two depends on whether MegEngine was up yet.
            case task.Failed(kind=FailureKind.ENGINE_CRASH | FailureKind.INTERNAL, exit_code=137):
                crashed += 1
            case task.Failed(kind=FailureKind.RUNNER_LOST):
                assert lost == 3
            case _:
                pytest.fail(f"{end} after {fought.kills}")
    assert (fought.kills["engine"] > 0) <= crashed <= fought.kills["engine"]


async def check_read_models(log: EventLog, database_url: str) -> None:
    """The tables that the projector made while it was killed are those that a fold of the log from scratch gives."""
    async with Position(database_url) as position, await open_pool(database_url, size=1) as pool:
        while True:
            last = await log.last_sequence()
            assert await position.reached(last, 60)
            await rebuild(log, database_url, "fresh", last)
            async with pool.acquire() as connection:
                found = await differences(connection, "read", "fresh")
            # A runner that came or went meanwhile has moved the live tables on: then they are looked at again.
            if await log.last_sequence() == last:
                assert found == []
                return


async def check_engines(stack: Stack) -> None:
    """No engine of a killed runner is left, and of the present one at most those that wait for work."""
    runner = stack.keepers["runner"].pid
    assert all(parent_of(pid) in {runner, None} for pid in engines_of(stack.home.path))
    await until(lambda: len(engines_of(stack.home.path)) <= int(HURRIED["MGEPROF_RUNNER_SLOTS"]), "the engines ended")


async def check_nothing_is_left(stack: Stack) -> None:
    await stack.services.supervisor.stop()
    assert engines_of(stack.home.path) == []
    assert list((stack.home.path / "runner" / "spool" / "orders").iterdir()) == []
