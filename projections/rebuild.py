"""Building the read models anew from the whole log, in a schema of their own; and comparing two such schemas."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from core.nats.log import EventLog
from core.postgres.connection import Connection, open_pool
from projections import checkpoint, schema
from projections.batches import apply_batch
from projections.read_models import READ_MODELS

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Difference:
    """A row that stands in one schema and not, or not the same, in the other. ``id`` is None for the checkpoint."""

    table: str
    id: UUID | None


async def rebuild(log: EventLog, database_url: str, name: str, upto: int) -> None:
    """Build all read models in schema ``name`` from the log's first event to sequence ``upto``; what stood there is gone.

    Never name the live schema here: its projector would find its tables taken away.
    """
    pool = await open_pool(database_url, size=1)
    try:
        async with pool.acquire() as connection:
            await schema.drop(connection, name)
            await schema.create(connection, name)
            await fill(connection, log, upto)
    finally:
        await pool.close()


async def fill(connection: Connection, log: EventLog, upto: int, *, batch: int = 500) -> None:
    """Go on from the checkpoint of the connection's schema to sequence ``upto``."""
    last = (await checkpoint.read(connection)).sequence
    if last >= upto:
        return
    async for events in log.follow(last, batch=batch):
        wanted = [event for event in events if event.sequence <= upto]
        if wanted:
            await apply_batch(connection, wanted)
            last = wanted[-1].sequence
        if last >= upto:
            return


async def renew(connection: Connection, log: EventLog, live: str) -> None:
    """Replace tables that an older program made: build the new ones beside them, then put them in their place."""
    upto = await log.last_sequence()
    logger.info("building the read models anew", action="rebuild", schema=live, upto=upto)
    beside = f"{live}_next"
    await schema.drop(connection, beside)
    await schema.create(connection, beside)
    await fill(connection, log, upto)
    await schema.swap(connection, beside, live)


async def differences(connection: Connection, one: str, other: str) -> list[Difference]:
    """Where two schemas differ, checkpoints included; empty when every row is equal."""
    found: list[Difference] = []
    for table, columns in [("projection_checkpoint", "NULL::uuid AS id, sequence")] + [
        (model.table, ", ".join(model.columns)) for model in READ_MODELS
    ]:
        left, right = (f'SELECT {columns} FROM "{name}".{table}' for name in (one, other))  # noqa: S608 - our own names
        rows = await connection.fetch(
            f"SELECT DISTINCT id FROM (({left} EXCEPT {right}) UNION ALL ({right} EXCEPT {left})) differing"  # noqa: S608
        )
        found += [Difference(table, row["id"]) for row in rows]
    return found
