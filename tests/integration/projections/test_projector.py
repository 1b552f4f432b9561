"""The projector between a real broker and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.events import task
from core.events.ids import Platform
from core.events.subjects import task_key
from core.nats.log import EventLog
from core.postgres.connection import Connection, open_pool
from core.process import cancel_all
from infra.embedded.services import Services
from projections import checkpoint, schema
from projections.metrics import Metrics
from projections.position import Position
from projections.projector import prepare, project, stand_by
from projections.read_model import UnappliableEventError
from projections.read_models import READ_MODELS
from projections.rebuild import fill as fill_tables
from projections.rebuild import rebuild
from projections.verify import differences
from tests.integration.projections.conftest import Fill
from tests.unit.projections.facts import TASKS, recorded, submitted
from tests.unit.projections.histories import play

TASK = task_key(Platform.X86, TASKS[0])
QUEUED = task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)


def sample(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value(f"mgeprof_projector_{name}")


@asynccontextmanager
async def projecting(
    database_url: str, log: EventLog, metrics: Metrics | None = None, batch: int = 50
) -> AsyncIterator[asyncio.Task[None]]:
    """A projector on a connection of its own, at work."""
    ready = asyncio.Event()
    async with await open_pool(database_url, size=1) as pool, pool.acquire() as connection:
        await stand_by(connection, "read", waiting=lambda: None)
        work = asyncio.create_task(
            project(connection, log, "read", metrics=metrics or Metrics(), batch=batch, ready=ready.set)
        )
        await ready.wait()
        yield work
        await cancel_all([work])


async def test_live_tables_equal_a_rebuild(
    connection: Connection, database_url: str, log: EventLog, fill: Fill, broker: Services
) -> None:
    history = play(11, 400)
    async with Position(database_url) as position:
        async with projecting(database_url, log, batch=17):
            await fill(history[:100])
            await broker["nats"].kill()
            await broker["nats"].until_ready()
            last = await fill(history[100:])
            assert await position.reached(last, 30)
        assert position.sequence == last == len(history)
    await rebuild(log, database_url, "fresh", last)
    assert await differences(connection, "read", "fresh") == []
    assert await connection.fetchval("SELECT count(*) FROM read.task_list") > 0


async def test_a_rebuild_stops_where_it_was_told(
    connection: Connection, database_url: str, log: EventLog, fill: Fill
) -> None:
    await fill(play(2, 60))
    await rebuild(log, database_url, "past", 7)
    await schema.use(connection, "past")
    assert (await checkpoint.read(connection)).sequence == 7


async def test_an_event_that_cannot_be_applied_stops_and_is_remembered(
    tables: Connection, database_url: str, log: EventLog, fill: Fill
) -> None:
    await fill([recorded(1, TASK, QUEUED)])
    metrics = Metrics()
    async with projecting(database_url, log, metrics) as work:
        with pytest.raises(UnappliableEventError, match="was never submitted"):
            await work
    assert sample(metrics, "alarm") == 1
    stopped = await checkpoint.read(tables)
    assert stopped.sequence == 0
    assert stopped.fault is not None
    assert "event 1 (task.queued" in stopped.fault


async def test_a_second_projector_stands_by(tables: Connection, database_url: str, log: EventLog, fill: Fill) -> None:
    waits = asyncio.Event()
    async with projecting(database_url, log) as first:
        second = asyncio.create_task(stand_by(tables, "read", waiting=waits.set))
        await asyncio.wait_for(waits.wait(), 10)
        await fill([recorded(1, TASK, submitted())])
        assert await applied(database_url, 1)
        assert not second.done()
        assert not first.done()
    await asyncio.wait_for(second, 10)


async def applied(database_url: str, sequence: int) -> bool:
    async with Position(database_url) as position:
        return await position.reached(sequence, 60)


async def test_a_table_of_another_shape_is_built_anew(
    tables: Connection, database_url: str, log: EventLog, fill: Fill
) -> None:
    last = await fill(play(4, 50))
    await fill_tables(tables, log, last)
    await tables.execute("UPDATE projection_models SET shape = 'older' WHERE name = 'task_list'")
    await tables.execute("ALTER TABLE task_list DROP COLUMN state")
    await tables.execute("DELETE FROM projection_models WHERE name = 'audit_log'")
    await tables.execute("DROP TABLE audit_log")
    await tables.execute("INSERT INTO projection_models VALUES ('old_model', 'some')")
    await tables.execute("CREATE TABLE old_model (id uuid)")
    kept = await tables.fetchval("SELECT 'task_detail'::regclass::oid")
    await prepare(tables, log, "read")
    assert (await checkpoint.read(tables)).sequence == last
    assert await schema.outdated(tables) == []
    assert await tables.fetchval("SELECT 'task_detail'::regclass::oid") == kept
    assert await tables.fetchval("SELECT to_regclass('old_model')") is None
    assert await tables.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'read\\__%'") == 0
    await rebuild(log, database_url, "fresh", last)
    assert await differences(tables, "read", "fresh") == []


async def test_everything_is_built_anew_when_the_frame_changes(tables: Connection, log: EventLog, fill: Fill) -> None:
    last = await fill(play(4, 50))
    await tables.execute("UPDATE projection_checkpoint SET shape = 'older', sequence = 3")
    await tables.execute("DROP TABLE projection_models")
    await prepare(tables, log, "read")
    assert (await checkpoint.read(tables)).sequence == last
    assert await schema.stored_layout(tables, "read") == schema.LAYOUT
    assert await schema.stored_layout(tables, "read_next") is None
    assert await tables.fetchval("SELECT count(state) FROM task_list") > 0
    wanted = {name for model in READ_MODELS for name in re.findall(r"INDEX IF NOT EXISTS (\w+)", model.definition)}
    found = await tables.fetch("SELECT indexname FROM pg_indexes WHERE schemaname = 'read'")
    assert len(wanted) > 20
    assert wanted <= {row["indexname"] for row in found}


async def test_tables_of_this_shape_are_left_alone(tables: Connection, log: EventLog) -> None:
    await tables.execute("UPDATE projection_checkpoint SET sequence = 3")
    await prepare(tables, log, "read")
    assert (await checkpoint.read(tables)).sequence == 3
