"""The table of sweeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.sweeps.resources import Point
from api.tasks.resources import ModelRef
from api.visibility import Reach
from core.events.ids import AccountId, CommandId, SweepId
from core.events.ownership import Visibility
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries
from projections.task_state import State

_SQL: Final = Queries.beside(__file__)


@dataclass(frozen=True)
class Sweep:
    """``points`` hold the ids of tasks that are submitted under them. ``sequence``: of the last one's first event, None until all stand in the log. ``batch``: of the data, where no option says otherwise."""

    id: SweepId
    owner: AccountId
    name: str | None
    model: ModelRef
    points: list[Point]
    batch: int
    request: str
    command_id: CommandId
    created_at: datetime
    sequence: int | None


@dataclass(frozen=True)
class Figures:
    """What the read models know of one task; seconds and bytes."""

    id: UUID
    owner: UUID
    visibility: Visibility
    state: State
    deleted_at: datetime | None
    latency_p50_s: float | None
    device_s: float | None
    latency_min: float | None
    peak_memory: int | None


_ROW: Final = TypeAdapter(Sweep)
_FIGURES: Final = TypeAdapter(Figures)


async def insert(connection: Connection, sweep: Sweep) -> bool:
    """Whether it is new; False when its command was here before."""
    points = [point.model_dump(mode="json") for point in sweep.points]
    model = sweep.model.model_dump(mode="json")
    made = await connection.fetchval(
        _SQL["insert"],
        sweep.id,
        sweep.owner,
        sweep.name,
        model,
        points,
        sweep.batch,
        sweep.request,
        sweep.command_id,
    )
    return made is not None


async def of_command(pool: Pool, command: CommandId) -> Sweep | None:
    row = await pool.fetchrow(_SQL["of_command"], command)
    return None if row is None else _ROW.validate_python(dict(row))


async def find(pool: Pool, id_: UUID) -> Sweep | None:
    """One whose tasks all stand in the log."""
    row = await pool.fetchrow(_SQL["by_id"], id_)
    return None if row is None else _ROW.validate_python(dict(row))


async def page(pool: Pool, eye: Reach, limit: int, after: UUID | None) -> list[Sweep]:
    """Newest first; for the team those with a task that is shown to it."""
    rows = await pool.fetch(_SQL["page"], eye.owner, after, limit, eye.team)
    return [_ROW.validate_python(dict(row)) for row in rows]


async def mark_placed(pool: Pool, id_: SweepId, sequence: int) -> None:
    await pool.execute(_SQL["placed"], id_, sequence)


async def unplaced(pool: Pool, older_than_s: float) -> list[Sweep]:
    rows = await pool.fetch(_SQL["unplaced"], timedelta(seconds=older_than_s))
    return [_ROW.validate_python(dict(row)) for row in rows]


async def figures(pool: Pool, tasks: Sequence[UUID]) -> dict[UUID, Figures]:
    rows = await pool.fetch(_SQL["figures"], list(tasks))
    return {row["id"]: _FIGURES.validate_python(dict(row)) for row in rows}
