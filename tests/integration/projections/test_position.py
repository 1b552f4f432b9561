"""Waiting for a sequence."""

from __future__ import annotations

import asyncio

import asyncpg

from core.events.ids import Aggregate, Platform
from core.events.model import Uploaded
from core.events.ownership import Deleted
from core.events.subjects import AggregateKey
from core.postgres.connection import Connection
from projections import schema
from projections.batches import apply_batch
from projections.position import Position, channel_of
from tests.unit.projections.facts import DIGEST, MODELS, recorded

KEY = AggregateKey(Aggregate.MODEL, Platform.ANY, MODELS[0])
FIRST, SECOND = recorded(1, KEY, Uploaded(sha256=DIGEST, size=1)), recorded(2, KEY, Deleted())
CHANNEL = channel_of("read")


async def test_a_waiter_wakes_when_its_sequence_is_committed(tables: Connection, database_url: str) -> None:
    async with Position(database_url) as position:
        assert await position.reached(0, 60)
        waiting = asyncio.create_task(position.reached(2, 60))
        await apply_batch(tables, [FIRST], channel=CHANNEL)
        assert await position.reached(1, 60)
        assert not waiting.done()
        await apply_batch(tables, [SECOND], channel=CHANNEL)
        assert await waiting
        assert position.sequence == 2


async def test_what_was_reached_before_is_known(tables: Connection, database_url: str) -> None:
    await apply_batch(tables, [FIRST], channel=CHANNEL)
    async with Position(database_url) as position:
        assert await position.reached(1, 60)


async def test_waiting_ends_without_an_answer(tables: Connection, database_url: str) -> None:
    await apply_batch(tables, [FIRST], channel=CHANNEL)
    async with Position(database_url) as position:
        assert await position.reached(1, 60)
        assert not await position.reached(2, 0.05)
        assert not await position.reached(2, 0)


async def test_there_may_be_no_tables_yet(connection: Connection, database_url: str) -> None:
    async with Position(database_url) as position:
        assert not await position.reached(1, 0.2)
        await schema.create(connection, "read")
        await apply_batch(connection, [FIRST], channel=CHANNEL)
        assert await position.reached(1, 60)


async def test_a_lost_connection_is_made_again(tables: Connection, database_url: str) -> None:
    async with Position(database_url) as position:
        await apply_batch(tables, [FIRST], channel=CHANNEL)
        assert await position.reached(1, 60)
        waiting = asyncio.create_task(position.reached(2, 60))
        await asyncio.sleep(0)
        assert await kill_others(database_url, tables) >= 1
        await apply_batch(tables, [SECOND], channel=CHANNEL)
        assert await waiting


async def kill_others(database_url: str, spared: Connection) -> int:
    admin = await asyncpg.connect(database_url)
    killed = await admin.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid NOT IN ($1, pg_backend_pid())",
        spared.get_server_pid(),
    )
    await admin.close()
    return len(killed)
