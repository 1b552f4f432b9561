"""Building read models anew from the log, beside those that people read, and putting them in their place."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Final

import asyncpg
import structlog

from core.events.envelope import Fact, Recorded
from core.nats.log import EventLog
from core.postgres.connection import Connection, open_pool
from projections import checkpoint, schema
from projections.batches import apply_batch
from projections.read_model import Projection
from projections.read_models import READ_MODELS
from projections.reading import ahead, collector_at_rest

logger = structlog.get_logger(__name__)

BATCH: Final = 5_000
"""Events in one transaction while nobody waits for them: what happened to a thing meanwhile is one write."""
_NEAR: Final = 500
"""So few events may be applied while the projector waits."""
_LOCK_TIMEOUT: Final = "2s"
"""Readers wait behind whoever waits to swap a table; behind a long reading it is better to come again."""
_RETRY_S: Final = 0.5


async def rebuild(log: EventLog, database_url: str, name: str, upto: int) -> None:
    """Build all read models in schema ``name`` from the log's first event to sequence ``upto``; what stood there is gone.

    Never name the live schema here: its projector would find its tables taken away.
    """
    pool = await open_pool(database_url, size=1)
    try:
        async with pool.acquire() as connection:
            await schema.drop(connection, name)
            await build(connection, log, name, READ_MODELS, upto)
    finally:
        await pool.close()


async def build(connection: Connection, log: EventLog, name: str, models: Sequence[Projection], upto: int) -> None:
    """Make a schema that is not there with these read models as they are at sequence ``upto``, and use it."""
    await schema.create(connection, name, models, indexed=False)
    await fill(connection, log, upto, models)
    await schema.index(connection, models)


async def fill(
    connection: Connection, log: EventLog, upto: int, models: Sequence[Projection] = READ_MODELS, *, batch: int = BATCH
) -> None:
    """Go on from the checkpoint of the connection's schema to sequence ``upto``."""
    last = (await checkpoint.read(connection)).sequence
    if last < upto:
        with collector_at_rest():
            await _fill(connection, log, last, upto, models, batch)


async def _fill(
    connection: Connection, log: EventLog, last: int, upto: int, models: Sequence[Projection], batch: int
) -> None:
    waiting: list[Recorded[Fact]] = []
    async with aclosing(ahead(log.follow(last, batch=batch))) as pages:
        async for events in pages:
            waiting += (event for event in events if event.sequence <= upto)
            is_last = bool(waiting) and waiting[-1].sequence == upto
            if is_last or len(waiting) >= batch:
                await apply_batch(connection, waiting, models=models)
                waiting.clear()
                gc.collect(1)
            if is_last:
                return


async def renew(connection: Connection, log: EventLog, live: str) -> None:
    """Replace everything in a schema that an older program made: build it beside, then put it in its place."""
    upto = await log.last_sequence()
    logger.info("building the read models anew", action="rebuild", schema=live, upto=upto)
    beside = f"{live}_next"
    await schema.drop(connection, beside)
    await build(connection, log, beside, READ_MODELS, upto)
    await schema.swap(connection, beside, live)


async def renew_model(connection: Connection, log: EventLog, live: str, model: Projection) -> int:
    """Build one read model anew beside the live one, which is read and written meanwhile, and put it in its place.

    Gives the sequence at which it was swapped in. The connection is of its own; it uses the live schema afterwards. Raises what the projector raises.
    """
    beside = f"{live}_{model.table}_next"
    async with _alone(connection, live):
        await schema.drop(connection, beside)
        upto = (await checkpoint.read_in(connection, live)).sequence
        logger.info("building a read model anew", action="rebuild_model", model=model.table, upto=upto)
        await build(connection, log, beside, [model], upto)
        sequence = None
        while sequence is None:
            await _catch_up(connection, log, live, model)
            sequence = await _swap_model(connection, log, live, beside, model)
        await schema.drop(connection, beside)
    await schema.use(connection, live)
    return sequence


@asynccontextmanager
async def _alone(connection: Connection, live: str) -> AsyncGenerator[None, None]:
    """One rebuild at a time."""
    key = f"mgeprof rebuild {live}"
    await connection.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", key)
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", key)


async def _catch_up(connection: Connection, log: EventLog, live: str, model: Projection) -> None:
    while True:
        upto = (await checkpoint.read_in(connection, live)).sequence
        if upto - (await checkpoint.read(connection)).sequence <= _NEAR:
            return
        await fill(connection, log, upto, [model])


async def _swap_model(connection: Connection, log: EventLog, live: str, beside: str, model: Projection) -> int | None:
    """With the live checkpoint held, so that both tables are at the same event; readers see the one or the other. None: it was not to be had now."""
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
            await _hold(connection, f'"{live}".{model.table}')
            sequence = await checkpoint.hold_in(connection, live)
            await fill(connection, log, sequence, [model])
            await connection.execute(f'DROP TABLE IF EXISTS "{live}".{model.table}')
            await connection.execute(f'ALTER TABLE "{beside}".{model.table} SET SCHEMA "{live}"')
            await connection.execute(f"SET LOCAL search_path = '{live}'")
            await schema.note_built(connection, model)
    except asyncpg.LockNotAvailableError:
        logger.info("the table is being read for long", action="swap_waits", model=model.table)
        await asyncio.sleep(_RETRY_S)
        return None
    return sequence


async def _hold(connection: Connection, table: str) -> None:
    """Before the checkpoint, in the projector's order: its statement has its tables before it asks for that. What is new is not there yet."""
    if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
        await connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
