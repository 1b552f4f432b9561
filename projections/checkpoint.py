"""How far the read models have come, written in one statement with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from core.events.envelope import Fact, Recorded
from core.postgres.connection import Connection
from projections.read_model import Change, Place


@dataclass(frozen=True)
class Checkpoint:
    """``sequence``: of the last event applied, 0 at the beginning; ``event_time``: when that event was stored.

    ``fault``: why the projector stopped there; None while all is well. ``mark``: another one whenever somebody has written the checkpoint.
    """

    sequence: int
    event_time: datetime | None
    fault: str | None
    mark: int = field(default=0, compare=False)


async def read(connection: Connection) -> Checkpoint:
    row = await connection.fetchrow("SELECT sequence, event_time, fault, xmin AS mark FROM projection_checkpoint")
    if row is None:
        raise LookupError("projection_checkpoint is empty: the schema of the read models was not made by the projector")
    return Checkpoint(**dict(row))


async def read_in(connection: Connection, schema: str) -> Checkpoint:
    """That of another schema than the connection uses."""
    row = await connection.fetchrow(
        f'SELECT sequence, event_time, fault, xmin AS mark FROM "{schema}".projection_checkpoint'  # noqa: S608 - a setting
    )
    if row is None:
        raise LookupError(f"{schema}.projection_checkpoint is empty: the schema was not made by the projector")
    return Checkpoint(**dict(row))


async def hold_in(connection: Connection, schema: str) -> int:
    """The sequence of the last event applied in another schema than the connection uses; nobody else can move it until the transaction ends.

    It is written, as it is: by its mark the projector sees that somebody has been at the tables.
    """
    sequence: int = await connection.fetchval(
        f'UPDATE "{schema}".projection_checkpoint SET sequence = sequence RETURNING sequence'  # noqa: S608 - a setting
    )
    return sequence


async def advance(
    connection: Connection,
    last: int,
    event: Recorded[Fact],
    changes: Sequence[Change] = (),
    channel: str | None = None,
    *,
    mark: int | None = None,
) -> int | None:
    """Move from ``last`` to an event and write the rows of ``changes``, in one statement: gives the new mark. None, and nothing written, when it stands elsewhere.

    The disk is not waited for: a crash may take the last moments of tables and checkpoint together, and the log brings them back.
    ``channel``: where to announce the new sequence once it is committed. ``mark``: what the checkpoint has to have, if given.
    """
    written = [change for change in changes if change.rows is not None]
    statement = _advancing(tuple(change.place for change in written))
    rows = (change.rows for change in written)
    now: int | None = await connection.fetchval(statement, last, event.sequence, event.time, channel, mark, *rows)
    return now


@cache
def _advancing(places: tuple[Place, ...]) -> str:
    """There are as many as there are sets of tables that batches were seen to change."""
    rows = "".join(
        f", in_{place.table} AS ({place.statement(f'${number}', 'advanced')})" for number, place in enumerate(places, 6)
    )
    return (
        "WITH advanced AS (UPDATE projection_checkpoint SET sequence = $2, event_time = $3, fault = NULL "  # noqa: S608 - our own names
        "WHERE sequence = $1 AND ($5::xid IS NULL OR xmin = $5) "
        f"RETURNING sequence, xmin AS mark, set_config('synchronous_commit', 'off', true)){rows} "
        "SELECT mark, CASE WHEN $4::text IS NOT NULL THEN pg_notify($4, sequence::text) END FROM advanced"
    )


async def record_fault(connection: Connection, fault: str) -> None:
    await connection.execute("UPDATE projection_checkpoint SET fault = $1", fault)
