from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

import pytest

from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import CommandId, new_id
from core.events.subjects import AggregateKey
from core.nats.connection import connect
from core.nats.log import EventLog
from core.nats.streams import StreamSettings, ensure_events
from core.postgres.connection import Connection, open_pool
from infra.embedded.services import Services
from projections import schema

Fill = Callable[[Iterable[Recorded[Fact]]], Awaitable[int]]


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    """To the test's own database."""
    pool = await open_pool(database_url, size=1)
    async with pool.acquire() as taken:
        yield taken
    await pool.close()


@pytest.fixture
async def tables(connection: Connection) -> Connection:
    """The same connection, using empty read models in schema ``read``."""
    await schema.create(connection, "read")
    return connection


@pytest.fixture
async def log(broker: Services) -> AsyncIterator[EventLog]:
    """An empty log on a broker of the test's own."""
    known = broker.environment
    nc = await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_CORE_SEED"], name="test")
    await ensure_events(nc.jetstream(), StreamSettings())
    yield EventLog(nc)
    await nc.close()


@pytest.fixture
def fill(log: EventLog) -> Fill:
    """Appends the facts of a history to the log; gives the log's last sequence."""
    last: dict[AggregateKey, int] = {}

    async def append(events: Iterable[Recorded[Any]]) -> int:
        for event in events:
            origin = Origin(CommandId(new_id()), event.owner, UUID(int=0), event.correlation_id)
            appended = await log.append(event.key, event.data, origin, expected=last.get(event.key, 0))
            last[event.key] = appended.sequence
        return await log.last_sequence()

    return append
