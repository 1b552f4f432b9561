"""How the read models stand: what there is, how far it has come, and whether something is wrong."""

from dataclasses import dataclass
from datetime import datetime

from core.nats.log import EventLog
from core.postgres.connection import Pool
from projections import checkpoint, schema
from projections.read_models import READ_MODELS


class NotBuiltError(LookupError):
    """There are no read models yet: no projector has run."""


@dataclass(frozen=True)
class Listed:
    """``rows``: as the database estimates them. ``current``: whether table and fold are this program's."""

    name: str
    version: int
    rows: int
    bytes: int
    built_at: datetime
    current: bool


@dataclass(frozen=True)
class Lag:
    """``sequence``: of the last event applied, ``last``: of the log's last. ``fault``: why the projector stopped, and at which event."""

    sequence: int
    last: int
    event_time: datetime | None
    fault: str | None

    @property
    def behind(self) -> int:
        return max(0, self.last - self.sequence)


async def listed(pool: Pool, live: str) -> list[Listed]:
    """Raises NotBuiltError."""
    await _check(pool, live)
    rows = await pool.fetch(
        f"""
        SELECT m.name, m.shape, m.built_at, greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::bigint AS rows, pg_total_relation_size(c.oid) AS bytes
        FROM "{live}".projection_models m
        JOIN pg_class c ON c.relname = m.name AND c.relnamespace = $1::regnamespace
        """,  # noqa: S608 - a setting
        live,
    )
    found = {row["name"]: row for row in rows}
    return [
        Listed(
            model.table,
            model.version,
            row["rows"],
            row["bytes"],
            row["built_at"],
            row["shape"] == schema.shape_of(model),
        )
        for model in READ_MODELS
        if (row := found.get(model.table))
    ]


async def lag_of(pool: Pool, log: EventLog, live: str) -> Lag:
    """Raises NotBuiltError and LogUnavailableError."""
    await _check(pool, live)
    last = await log.last_sequence()
    async with pool.acquire() as connection:
        at = await checkpoint.read_in(connection, live)
    return Lag(at.sequence, max(last, at.sequence), at.event_time, at.fault)


async def _check(pool: Pool, live: str) -> None:
    async with pool.acquire() as connection:
        if await schema.stored_layout(connection, live) != schema.LAYOUT:
            raise NotBuiltError("There are no read models of this program's making yet: start the projector.")
