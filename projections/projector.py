"""The one writer of the read models: from its checkpoint on, in order, without skipping anything."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

import structlog

from core.events.codec import UndecodableEventError
from core.events.envelope import Fact, Recorded
from core.events.task import Queued, Started
from core.nats.log import EventLog, LogGapError, LogUnavailableError
from core.postgres.connection import Connection
from projections import checkpoint, schema
from projections.batches import apply_batch
from projections.gathering import gathered
from projections.metrics import Metrics
from projections.position import channel_of
from projections.read_model import UnappliableEventError
from projections.reading import ahead
from projections.rebuild import renew, renew_model
from projections.recent import Recent
from projections.spans import tell_applied

logger = structlog.get_logger(__name__)

FAULTS: Final = (LogGapError, UndecodableEventError, UnappliableEventError)
"""What no restart mends: the log or the program has a defect, and people have to look."""

_LAG_EVERY_S = 5.0


async def stand_by(connection: Connection, name: str, waiting: Callable[[], None]) -> None:
    """Wait until no other projector works on this schema; ``waiting`` is called when there is one.

    The place is held as long as the connection lives.
    """
    key = f"mgeprof projector {name}"
    if not await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", key):
        logger.info("another projector is at work", action="standby", schema=name)
        waiting()
        await connection.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", key)


async def project(
    connection: Connection, log: EventLog, name: str, *, metrics: Metrics, batch: int, ready: Callable[[], None]
) -> None:
    """Apply the log to the read models in schema ``name``; never ends. Calls ``ready`` when it has found its place.

    Raises one of FAULTS, which is then also kept in the checkpoint.
    """
    try:
        await prepare(connection, log, name)
        start = await checkpoint.read(connection)
        metrics.resumed(start)
        logger.info("projecting", action="projecting", schema=name, after=start.sequence)
        ready()
        channel, recent = channel_of(name), Recent(start.mark)
        async with (
            aclosing(ahead(log.follow(start.sequence, batch=batch))) as pages,
            aclosing(gathered(pages, _passes, batch)) as batches,
        ):
            async for events in batches:
                if events:
                    begun = time.time_ns()
                    await apply_batch(connection, events, channel=channel, recent=recent)
                    tell_applied(events, begun)
                    metrics.applied(events)
                else:
                    metrics.caught_up()
    except FAULTS as fault:
        metrics.stopped()
        await schema.use(connection, name)
        await checkpoint.record_fault(connection, str(fault))
        raise


def _passes(event: Recorded[Fact]) -> bool:
    """What the control plane does on the way to something else: it may be shown a moment later."""
    return isinstance(event.data, Queued | Started)


async def prepare(connection: Connection, log: EventLog, name: str) -> None:
    """See to it that the schema has tables of today's shape, and use it: what is of another shape is built anew beside it, then swapped."""
    layout = await schema.stored_layout(connection, name)
    if layout is None:
        await schema.create(connection, name)
    elif layout != schema.LAYOUT:
        await renew(connection, log, name)
    else:
        await schema.use(connection, name)
        await schema.drop_strangers(connection)
        for model in await schema.outdated(connection):
            await renew_model(connection, log, name, model)


async def watch_lag(log: EventLog, metrics: Metrics) -> None:
    """Compare with the log's end now and then; never ends."""
    while True:
        try:
            metrics.log_ends_at(await log.last_sequence())
        except LogUnavailableError as error:
            logger.warning("the lag is not known", action="lag_unknown", error=str(error))
        await asyncio.sleep(_LAG_EVERY_S)
