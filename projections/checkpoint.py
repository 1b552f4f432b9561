"""How far the read models have come, written in one statement with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.events.envelope import Fact, Recorded
from core.postgres.connection import Connection
from projections.read_model import Change


@dataclass(frozen=True)
class Checkpoint:
    """``sequence``: of the last event applied, 0 at the beginning; ``event_time``: when that event was stored.

    ``fault``: why the projector stopped there; None while all is well.
    """

    sequence: int
    event_time: datetime | None
    fault: str | None


async def read(connection: Connection) -> Checkpoint:
    row = await connection.fetchrow("SELECT sequence, event_time, fault FROM projection_checkpoint")
    if row is None:
        raise LookupError("projection_checkpoint is empty: the schema of the read models was not made by the projector")
    return Checkpoint(**dict(row))


async def read_in(connection: Connection, schema: str) -> Checkpoint:
    """That of another schema than the connection uses."""
    row = await connection.fetchrow(f'SELECT sequence, event_time, fault FROM "{schema}".projection_checkpoint')  # noqa: S608 - a setting
    if row is None:
        raise LookupError(f"{schema}.projection_checkpoint is empty: the schema was not made by the projector")
    return Checkpoint(**dict(row))


async def lock_in(connection: Connection, schema: str) -> int:
    """The sequence of the last event applied in another schema than the connection uses; nobody else can move it until the transaction ends."""
    sequence: int = await connection.fetchval(f'SELECT sequence FROM "{schema}".projection_checkpoint FOR UPDATE')  # noqa: S608 - a setting
    return sequence


async def advance(
    connection: Connection,
    last: int,
    event: Recorded[Fact],
    changes: Sequence[Change] = (),
    channel: str | None = None,
) -> bool:
    """Move from ``last`` to an event and write the rows of ``changes``, in one statement; False, and nothing written, when it stands elsewhere.

    The disk is not waited for: a crash may take the last moments of tables and checkpoint together, and the log brings them back.
    ``channel``: where to announce the new sequence once it is committed.
    """
    written = [change for change in changes if change.rows is not None]
    moved = await connection.fetchval(
        _advancing(written), last, event.sequence, event.time, channel, *(change.rows for change in written)
    )
    return moved is not None


def _advancing(changes: Sequence[Change]) -> str:
    rows = "".join(
        f", in_{change.table} AS ({change.statement(f'${place}', 'advanced')})"
        for place, change in enumerate(changes, 5)
    )
    return (
        "WITH advanced AS (UPDATE projection_checkpoint SET sequence = $2, event_time = $3, fault = NULL WHERE sequence = $1 "  # noqa: S608 - our own names
        f"RETURNING sequence, set_config('synchronous_commit', 'off', true)){rows} "
        "SELECT sequence, CASE WHEN $4::text IS NOT NULL THEN pg_notify($4, sequence::text) END FROM advanced"
    )


async def record_fault(connection: Connection, fault: str) -> None:
    await connection.execute("UPDATE projection_checkpoint SET fault = $1", fault)
