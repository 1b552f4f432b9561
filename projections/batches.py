"""Applying a batch of events to all read models: wholly, or not at all."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from core.events.envelope import Fact, Recorded
from core.nats.log import LogGapError
from core.postgres.connection import Connection
from projections import checkpoint
from projections.read_model import Change, Projection, UnappliableEventError
from projections.read_models import READ_MODELS
from projections.recent import Recent

_UNFIT = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, OverflowError)


async def apply_batch(
    connection: Connection,
    events: Sequence[Recorded[Fact]],
    *,
    models: Sequence[Projection] = READ_MODELS,
    channel: str | None = None,
    recent: Recent | None = None,
) -> None:
    """Bring the tables of the connection's schema up to the batch's last event; what they have already seen changes nothing.

    ``models``: those that stand there. ``channel``: where to announce the new sequence once it is committed. ``recent``: of the same schema, from the batch before.
    Raises LogGapError and UnappliableEventError.
    """
    recent = recent or Recent(room=0)
    try:
        await _apply(connection, events, models, channel, recent)
    except BaseException:
        recent.forget()
        raise


async def _apply(
    connection: Connection,
    events: Sequence[Recorded[Fact]],
    models: Sequence[Projection],
    channel: str | None,
    recent: Recent,
) -> None:
    last = events[0].sequence - 1 if events else 0  # as a rule the batch is what comes next
    while fresh := _following(last, events):
        changes = await _changes(connection, fresh, models, recent)
        try:
            mark = await _write(connection, last, fresh[-1], changes, channel, mark=recent.mark)
        except _UNFIT as error:
            table = await _misfit(connection, last, fresh[-1], changes)
            raise UnappliableEventError(
                f"events {fresh[0].sequence} to {fresh[-1].sequence} make rows that {table} cannot hold: {error}"
            ) from error
        if mark is not None:
            recent.committed(mark, changes)
            return
        found = await checkpoint.read(connection)
        recent.forget(found.mark)
        last = found.sequence


async def _changes(
    connection: Connection, events: Sequence[Recorded[Fact]], models: Sequence[Projection], recent: Recent
) -> list[Change]:
    concerned = [(model, its) for model in models if (its := model.concerned(events))]
    known = await _known(connection, concerned, recent)
    changes = (model.change(known[model.table], its) for model, its in concerned)
    return [change for change in changes if change is not None]


async def _known(
    connection: Connection, concerned: Sequence[tuple[Projection, Sequence[Recorded[Fact]]]], recent: Recent
) -> dict[str, dict[UUID, Any]]:
    """For each table the rows that its fold has to know, as far as they are there. What was written lately is not read: often that is all."""
    wanted = {model.table: model.wanted(its) for model, its in concerned}
    known = {table: recent.rows(table, ids) for table, ids in wanted.items()}
    missing = {
        table: rest for table, ids in wanted.items() if (rest := [id_ for id_ in ids if id_ not in known[table]])
    }
    if missing:
        stored = dict(await connection.fetchrow(_reading(missing), *missing.values()) or {})
        for model, _ in concerned:
            if model.table in missing:
                known[model.table] |= model.rows_of(stored[model.table])
    return known


def _reading(tables: Iterable[str]) -> str:
    """One row with the JSON of each table's rows; the ids are its parameters."""
    rows = (
        f"(SELECT coalesce(json_agg(t), '[]')::text FROM {table} t WHERE id = ANY (${place}::uuid[])) AS {table}"  # noqa: S608 - our own names
        for place, table in enumerate(tables, 1)
    )
    return f"SELECT {', '.join(rows)}"


async def _write(
    connection: Connection,
    last: int,
    event: Recorded[Fact],
    changes: Sequence[Change],
    channel: str | None = None,
    *,
    mark: int | None = None,
) -> int | None:
    """The checkpoint's mark afterwards; None, and nothing written, when it does not stand at ``last`` with the mark that is given."""
    one_statement = not any(change.fresh for change in changes)
    if one_statement and not connection.is_in_transaction():  # which would be lost with a statement that fails
        return await checkpoint.advance(connection, last, event, changes, channel, mark=mark)
    async with connection.transaction():
        moved = await checkpoint.advance(connection, last, event, changes, channel, mark=mark)
        for change in changes if moved is not None else ():
            if change.fresh:
                await connection.copy_records_to_table(
                    change.place.table, records=change.fresh, columns=change.place.columns
                )
    return moved


async def _misfit(connection: Connection, last: int, event: Recorded[Fact], changes: Sequence[Change]) -> str:
    """The table that cannot hold its rows."""
    for change in changes:
        tried = connection.transaction()
        await tried.start()
        try:
            await _write(connection, last, event, [change])
        except _UNFIT:
            return change.place.table
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
