"""Building read models anew under the eyes of their readers, and checking them."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from core.nats.log import EventLog
from core.postgres.connection import Connection, open_pool
from projections.batches import apply_batch
from projections.position import Position
from projections.projector import prepare
from projections.read_models import READ_MODELS
from projections.rebuild import fill as fill_tables
from projections.rebuild import rebuild, renew_model
from projections.task_list.fold import TASK_LIST
from projections.verify import differences, verify
from tests.integration.projections.conftest import Fill
from tests.integration.projections.test_projector import projecting
from tests.unit.projections.histories import play

READINGS = {
    "task_list": "SELECT * FROM task_list WHERE deleted_at IS NULL ORDER BY submitted_at DESC LIMIT 5",
    "task_detail": "SELECT * FROM task_detail WHERE id = (SELECT min(id::text)::uuid FROM task_list)",
    "runner_board": "SELECT b.*, (SELECT count(*) FROM task_list t WHERE t.runner_id = b.id) FROM runner_board b",
    "audit_log": "SELECT l.* FROM audit_log l JOIN account_directory d ON d.id = l.actor LIMIT 5",
}


async def test_no_reading_fails_while_read_models_are_built_anew(
    connection: Connection, database_url: str, log: EventLog, fill: Fill, soak: bool
) -> None:
    """Events come, people read, and every read model is swapped, some of them twice."""
    history = play(31, 30_000 if soak else 500)
    half = len(history) // 2
    await fill(history[:half])
    readings: Counter[str] = Counter()
    done = asyncio.Event()
    async with (
        projecting(database_url, log),
        await open_pool(database_url, size=2 * len(READINGS), search_path="read") as pool,
    ):

        async def read(table: str) -> None:
            while not done.is_set():
                async with pool.acquire() as reader:
                    await reader.fetch(READINGS[table])
                readings[table] += 1
                await asyncio.sleep(0.002)

        async def write() -> int:
            last = 0
            for place in range(half, len(history), 5):
                last = await fill(history[place : place + 5])
                await asyncio.sleep(0.025 if soak else 0)
            return last

        reading = [asyncio.create_task(read(table)) for table in READINGS for _ in range(2)]
        writing = asyncio.create_task(write())
        swapped: list[int] = []
        while not writing.done() or len(swapped) < len(READ_MODELS):
            model = READ_MODELS[len(swapped) % len(READ_MODELS)]
            swapped.append(await renew_model(connection, log, "read", model))
        last = await writing
        async with Position(database_url) as position:
            assert await position.reached(last, 60)
        done.set()
        await asyncio.gather(*reading)
    assert swapped == sorted(swapped)
    assert min(readings[table] for table in READINGS) > 10
    await rebuild(log, database_url, "fresh", last)
    assert await differences(connection, "read", "fresh") == []


async def test_a_long_reading_is_waited_for(
    connection: Connection, database_url: str, log: EventLog, fill: Fill
) -> None:
    last = await fill(play(5, 40))
    await prepare(connection, log, "read")
    await fill_tables(connection, log, last)
    async with await open_pool(database_url, size=2, search_path="read") as pool, pool.acquire() as slow:
        async with slow.transaction():
            before = await slow.fetch("SELECT * FROM task_list ORDER BY id")
            renewing = asyncio.create_task(renew_model(connection, log, "read", TASK_LIST))
            await asyncio.sleep(2.5)  # longer than a swap waits for its lock
            assert not renewing.done()
            assert await asyncio.wait_for(pool.fetch("SELECT * FROM task_list ORDER BY id"), 10) == before
            assert await slow.fetch("SELECT * FROM task_list ORDER BY id") == before
        assert await asyncio.wait_for(renewing, 30) == last
        assert await slow.fetch("SELECT * FROM task_list ORDER BY id") == before


async def test_a_batch_that_comes_during_a_swap_goes_into_the_new_table(
    connection: Connection, database_url: str, log: EventLog, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = play(7, 200)
    last = await fill(history[:-10])
    await prepare(connection, log, "read")
    await fill_tables(connection, log, last)
    upto = await fill(history[-10:])
    batch = [event async for events in log.read(last) for event in events]
    coming: list[asyncio.Task[None]] = []

    async with await open_pool(database_url, size=1, search_path="read") as pool, pool.acquire() as projector:

        async def fill_while_a_batch_comes(connection: Connection, *rest: Any) -> None:
            await fill_tables(connection, *rest)
            if connection.is_in_transaction() and not coming:
                coming.append(asyncio.create_task(apply_batch(projector, batch)))
                await asyncio.sleep(0.3)

        monkeypatch.setattr("projections.rebuild.fill", fill_while_a_batch_comes)
        await renew_model(connection, log, "read", TASK_LIST)
        await asyncio.wait_for(coming[0], 10)
    monkeypatch.undo()
    await rebuild(log, database_url, "fresh", upto)
    assert await differences(connection, "read", "fresh") == []


async def test_verifying_tells_what_is_not_as_the_log_says(
    connection: Connection, database_url: str, log: EventLog, fill: Fill
) -> None:
    last = await fill(play(6, 200))
    await prepare(connection, log, "read")
    await fill_tables(connection, log, last)
    async with await open_pool(database_url, size=2) as pool:
        assert all(one.equal and one.sequence == last for one in await verify(pool, log, "read"))

        wrong: UUID = await connection.fetchval(
            "UPDATE task_list SET engine = '9' WHERE id = (SELECT max(id::text)::uuid FROM task_list) RETURNING id"
        )
        gone: UUID = await connection.fetchval(
            "DELETE FROM runner_board WHERE id = (SELECT max(id::text)::uuid FROM runner_board) RETURNING id"
        )
        told: dict[str, Any] = {one.table: one for one in await verify(pool, log, "read")}
    assert {table for table, one in told.items() if not one.equal} == {"task_list", "runner_board"}
    assert told["task_list"].differing == (wrong,)
    assert told["runner_board"].differing == (gone,)
    assert told["runner_board"].fresh.rows == told["runner_board"].live.rows + 1
