"""Applying a batch of events to all read models: wholly, or not at all."""

from collections.abc import Iterable, Sequence

import asyncpg

from core.events.envelope import Fact, Recorded
from core.nats.log import LogGapError
from core.postgres.connection import Connection
from projections import checkpoint
from projections.read_model import Change, Projection, UnappliableEventError
from projections.read_models import READ_MODELS

_UNFIT = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, OverflowError)


async def apply_batch(
    connection: Connection,
    events: Sequence[Recorded[Fact]],
    *,
    models: Sequence[Projection] = READ_MODELS,
    channel: str | None = None,
) -> None:
    """Bring the tables of the connection's schema up to the batch's last event; what they have already seen changes nothing.

    ``models``: those that stand there. ``channel``: where to announce the new sequence once it is committed. Raises LogGapError and UnappliableEventError.
    """
    last = events[0].sequence - 1 if events else 0  # as a rule the batch is what comes next
    while fresh := _following(last, events):
        changes = await _changes(connection, fresh, models)
        try:
            if await _write(connection, last, fresh[-1], changes, channel):
                return
        except _UNFIT as error:
            table = await _misfit(connection, last, fresh[-1], changes)
            raise UnappliableEventError(
                f"events {fresh[0].sequence} to {fresh[-1].sequence} make rows that {table} cannot hold: {error}"
            ) from error
        last = (await checkpoint.read(connection)).sequence


async def _changes(
    connection: Connection, events: Sequence[Recorded[Fact]], models: Sequence[Projection]
) -> list[Change]:
    wanted = {model.table: ids for model in models if (ids := model.wanted(events))}
    stored = await connection.fetchrow(_reading(wanted), *wanted.values()) if wanted else None
    found = dict(stored or {})
    changes = (model.change(found.get(model.table), events) for model in models)
    return [change for change in changes if change is not None]


def _reading(tables: Iterable[str]) -> str:
    """One row with the JSON of each table's rows; the ids are its parameters."""
    rows = (
        f"(SELECT coalesce(json_agg(t), '[]')::text FROM {table} t WHERE id = ANY (${place}::uuid[])) AS {table}"  # noqa: S608 - our own names
        for place, table in enumerate(tables, 1)
    )
    return f"SELECT {', '.join(rows)}"


async def _write(
    connection: Connection, last: int, event: Recorded[Fact], changes: Sequence[Change], channel: str | None = None
) -> bool:
    """False, and nothing written, when the checkpoint does not stand at ``last``."""
    one_statement = not any(change.fresh for change in changes)
    if one_statement and not connection.is_in_transaction():  # which would be lost with a statement that fails
        return await checkpoint.advance(connection, last, event, changes, channel)
    async with connection.transaction():
        moved = await checkpoint.advance(connection, last, event, changes, channel)
        for change in changes if moved else ():
            if change.fresh:
                await connection.copy_records_to_table(change.table, records=change.fresh, columns=change.columns)
    return moved


async def _misfit(connection: Connection, last: int, event: Recorded[Fact], changes: Sequence[Change]) -> str:
    """The table that cannot hold its rows."""
    for change in changes:
        tried = connection.transaction()
        await tried.start()
        try:
            await _write(connection, last, event, [change])
        except _UNFIT:
            return change.table
        finally:
            await tried.rollback()
    return "the read models"


def _following(last: int, events: Sequence[Recorded[Fact]]) -> list[Recorded[Fact]]:
    """The events that come after ``last``, each one the next."""
    fresh = [event for event in events if event.sequence > last]
    for expected, event in enumerate(fresh, last + 1):
        if event.sequence != expected:
            raise LogGapError(
                f"event {event.sequence} came where {expected} was due; the read models must not be built over a gap"
            )
    return fresh
