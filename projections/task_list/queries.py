"""Reading the task list: filtered, sorted, page by page."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from core.events.ids import AccountId, ModelId, Platform, ProjectId, SweepId, TaskId
from core.events.task import TaskKind
from core.postgres.connection import Connection
from core.postgres.queries import Queries
from projections.clauses import AnyOfEach, Clauses
from projections.paging import BadCursorError, Cursors, Page, checked_limit
from projections.task_list.fold import ListedTask
from projections.task_state import State

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(ListedTask)


class Sort(StrEnum):
    """What a list can be sorted by."""

    SUBMITTED_AT = "submitted_at"
    ENDED_AT = "ended_at"
    LATENCY = "latency"
    DEVICE_TIME = "device_time"


_COLUMNS: Final = {
    Sort.SUBMITTED_AT: "submitted_at",
    Sort.ENDED_AT: "ended_at",
    Sort.LATENCY: "latency_p50_s",
    Sort.DEVICE_TIME: "device_s",
}


_ENDED: Final = frozenset(state for state in State if state.ended)
_MEASURED: Final = frozenset({State.COMPLETED})
_VALUED: Final = {
    Sort.SUBMITTED_AT: frozenset(State),
    Sort.ENDED_AT: _ENDED,
    Sort.LATENCY: _MEASURED,
    Sort.DEVICE_TIME: _MEASURED,
}
"""The states in which a task has a value to sort by. The planner cannot know, and would walk a whole index to find none."""


@dataclass(frozen=True)
class Filter:
    """Which tasks to list. None: any; an empty tuple: none at all. But for the last two the fields are the table's columns."""

    state: tuple[State, ...] | None = None
    platform: tuple[Platform, ...] | None = None
    engine: tuple[str, ...] | None = None
    model_id: tuple[ModelId, ...] | None = None
    owner: tuple[AccountId, ...] | None = None
    kind: tuple[TaskKind, ...] | None = None
    sweep: tuple[SweepId, ...] | None = None
    project: tuple[ProjectId, ...] | None = None
    id: tuple[TaskId, ...] | None = None
    tags: AnyOfEach | None = None
    seen_by: AccountId | None = None
    """What belongs to this account, or is shown to the team."""


_CLAUSES_OF_THEIR_OWN: Final = frozenset({"tags", "seen_by"})


@dataclass(frozen=True)
class _Place:
    """The last row of a page: the value that it was sorted by, and its id. Cursors of another order do not fit."""

    sort: Sort
    descending: bool
    value: AwareDatetime | float | None
    id: UUID


_CURSORS: Final = Cursors(_Place)
EVERYTHING: Final = Filter()


async def task(connection: Connection, id_: TaskId) -> ListedTask | None:
    row = await connection.fetchrow(_SQL["by_id"], id_)
    return None if row is None else _ROW.validate_python(dict(row))


async def tasks(
    connection: Connection,
    where: Filter = EVERYTHING,
    *,
    sort: Sort = Sort.SUBMITTED_AT,
    descending: bool = True,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ListedTask]:
    """One page of the tasks that pass the filter. Ties go by id; tasks without a value to sort by come last either way.

    Raises BadCursorError, and ValueError when ``limit`` is not in 1 … ``paging.MAX_LIMIT``.
    """
    sql, arguments = _page(where, sort, descending, checked_limit(limit), _place(cursor, sort, descending))
    rows = [_ROW.validate_python(dict(row)) for row in await connection.fetch(sql, *arguments)]
    items = tuple(rows[:limit])
    if len(rows) <= limit:
        return Page(items, None)
    last = items[-1]
    return Page(items, _CURSORS.write(_Place(sort, descending, getattr(last, _COLUMNS[sort]), last.id)))


async def engines_of_model(connection: Connection, model: ModelId, owner: AccountId) -> list[tuple[Platform, str]]:
    """Platform and version of each engine with which a task of the model has completed."""
    rows = await connection.fetch(_SQL["engines_of_model"], model, owner)
    return [(Platform(row["platform"]), row["engine"]) for row in rows]


async def waiting(connection: Connection) -> dict[tuple[Platform, str], int]:
    """How many tasks wait for a runner, by the platform and the engine that they ask for; those for which none waits are left out."""
    rows = await connection.fetch(_SQL["waiting"])
    return {(Platform(row["platform"]), row["engine"]): row["tasks"] for row in rows}


def _place(cursor: str | None, sort: Sort, descending: bool) -> _Place | None:
    if cursor is None:
        return None
    place = _CURSORS.read(cursor)
    wanted = datetime if sort in {Sort.SUBMITTED_AT, Sort.ENDED_AT} else float
    if (place.sort, place.descending) != (sort, descending) or not isinstance(place.value, wanted | None):
        raise BadCursorError("This cursor belongs to a list in another order.")
    return place


def _page(where: Filter, sort: Sort, descending: bool, limit: int, place: _Place | None) -> tuple[str, list[Any]]:
    """The statement and its arguments. One row more than wanted is asked for: it tells whether there is a next page."""
    clauses = Clauses()
    for field in fields(where):
        values = getattr(where, field.name)
        if field.name not in _CLAUSES_OF_THEIR_OWN and values is not None:
            clauses.one_of(field.name, values)
    clauses.tagged(where.tags or ())
    if where.seen_by is not None:
        clauses.seen_by(where.seen_by)
    key, beyond = _COLUMNS[sort], "<" if descending else ">"
    after_value, after_id = _possible(where, sort)
    if place is not None and place.value is not None:
        after_value += f" AND ({key}, id) {beyond} ({clauses.argument(place.value)}, {clauses.argument(place.id)})"
    elif place is not None:
        after_value, after_id = "FALSE", f"{after_id} AND id {beyond} {clauses.argument(place.id)}"
    sql = _SQL["page"].format(
        key=key,
        direction="DESC" if descending else "ASC",
        filters=clauses,
        after_value=after_value,
        after_id=after_id,
        limit=clauses.argument(limit + 1),
    )
    return sql, clauses.arguments


def _possible(where: Filter, sort: Sort) -> tuple[str, str]:
    """Whether rows with and rows without a value can pass the filter at all."""
    states = frozenset(State) if where.state is None else frozenset(where.state)
    valued = _VALUED[sort]
    return str(bool(states & valued)).upper(), str(bool(states - valued)).upper()
