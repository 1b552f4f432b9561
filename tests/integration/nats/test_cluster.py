"""The log on three nodes: whichever dies, also the leader, nothing that was acknowledged is lost, and of those that race one wins."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from core.events import task
from core.events.envelope import Fact, Origin, Recorded
from core.events.subjects import AggregateKey
from core.nats.log import ConflictError, EventLog, LogUnavailableError
from tests.integration.nats.cluster import NODES, Cluster
from tests.integration.nats.test_log import new_origin, new_task
from tests.unit.domain.task_facts import SUBMITTED

T = TypeVar("T")
APPENDERS = 6


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    async with Cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture(scope="module")
async def connections(cluster: Cluster) -> AsyncIterator[list[Client]]:
    """One that prefers each node."""
    opened = [await cluster.connect(first) for first in NODES]
    yield opened
    for one in opened:
        await one.close()


@dataclass
class Load:
    """Submissions over all nodes until ``enough`` is set; ``acknowledged``: what the log said that it had."""

    logs: list[EventLog]
    acknowledged: dict[AggregateKey, int] = field(default_factory=dict)
    again: int = 0
    """How often nobody knew whether it was stored, and the same command was sent once more."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    """Not cancelled: what is on its way then is counted, too."""

    async def run(self, number: int) -> None:
        while not self.enough.is_set():
            key, origin = new_task(), new_origin()
            self.acknowledged[key] = await self._patiently(self.logs[number % len(self.logs)], key, origin)

    async def _patiently(self, log: EventLog, key: AggregateKey, origin: Origin) -> int:
        while True:
            try:
                return (await log.append(key, SUBMITTED, origin, expected=0)).sequence
            except LogUnavailableError:
                self.again += 1
                await asyncio.sleep(0.05)


async def test_whichever_node_dies_nothing_acknowledged_is_lost(
    cluster: Cluster, connections: list[Client], soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(None if soak else 3)
    load = Load([EventLog(nc) for nc in connections])
    appenders = [asyncio.create_task(load.run(number)) for number in range(APPENDERS)]
    leaders = 0
    for number in range(40 if soak else 2):
        await until_more(load, 60)
        leader = await found_leader(cluster, connections)
        victim = leader if number % 2 == 0 else rng.choice(NODES)
        leaders += victim == leader
        await cluster.kill(victim)
    await until_more(load, 60)
    load.enough.set()
    await asyncio.gather(*appenders)
    events = await whole(load.logs[0])
    stored = {event.key: event.sequence for event in events}
    assert len(stored) == len(events), "something was stored twice"
    assert load.acknowledged.items() <= stored.items()
    assert leaders > 0
    with capsys.disabled():
        kills = sum(keeper.starts - 1 for keeper in cluster.supervisor.keepers.values())
        print(f"\n{kills} kills ({leaders} of leaders), {len(load.acknowledged)} acknowledged, {load.again} sent again")  # noqa: T201 - figures for people


async def test_of_those_that_race_over_all_nodes_one_wins(
    cluster: Cluster, connections: list[Client], soak: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    races, at_once = (10_000, 50) if soak else (60, 30)
    logs = [EventLog(nc) for nc in connections]
    for first in range(0, races, at_once):
        if soak and first % 2_500 == 2_450:
            await cluster.kill(await found_leader(cluster, connections))
        await asyncio.gather(*(race(logs) for _ in range(at_once)))
    with capsys.disabled():
        print(f"\n{races} races, one winner each")  # noqa: T201 - figures for people


async def race(logs: list[EventLog]) -> None:
    """As many as there are nodes decide on the same state, each over one of them."""
    key, origin = new_task(), new_origin()
    placed = await patiently(lambda: logs[0].append(key, SUBMITTED, origin, expected=0))
    won = await asyncio.gather(*(cancelled(log, key, placed.sequence) for log in logs))
    assert sum(won) == 1
    assert [event.type for event in await patiently(lambda: logs[0].history(key))] == ["submitted", "cancelled"]


async def cancelled(log: EventLog, key: AggregateKey, expected: int) -> bool:
    """Whether this one did it."""
    origin = new_origin()
    try:
        await patiently(lambda: log.append(key, task.Cancelled(attempt=0), origin, expected=expected))
    except ConflictError:
        return False
    return True


async def until_more(load: Load, count: int) -> None:
    """So many acknowledged submissions more."""
    wanted = len(load.acknowledged) + count
    async with asyncio.timeout(120):
        while len(load.acknowledged) < wanted:  # noqa: ASYNC110 - of many
            await asyncio.sleep(0.01)


async def found_leader(cluster: Cluster, connections: list[Client]) -> str:
    async with asyncio.timeout(120):
        while True:
            for nc in connections:
                with suppress(NatsError, TimeoutError):
                    if leader := await cluster.leader(nc):
                        return leader
            await asyncio.sleep(0.1)


async def whole(log: EventLog) -> list[Recorded[Fact]]:
    """Every event; that no sequence is missing is checked on the way."""
    events: list[Recorded[Fact]] = []
    last = await patiently(log.last_sequence)
    async for batch in log.follow(0):
        events += batch
        if events and events[-1].sequence >= last:
            break
    return events


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await ask()
        except LogUnavailableError:
            await asyncio.sleep(0.05)
