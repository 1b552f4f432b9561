"""Reading what people did, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries
from projections.paging import Cursors, Page, checked_limit

_SQL: Final = Queries.beside(__file__)


@dataclass(frozen=True)
class Act:
    """``type``: ``<aggregate>.<what>``; ``thing``: what it was done to; ``detail``: the event's data."""

    id: UUID
    sequence: int
    at: datetime
    actor: UUID
    owner: UUID
    aggregate: str
    thing: UUID
    type: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Filter:
    """None: any. ``since`` is within, ``until`` is not."""

    actor: UUID | None = None
    thing: UUID | None = None
    owner: UUID | None = None
    types: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class _Place:
    sequence: int


_ROW: Final = TypeAdapter(Act)
_CURSORS: Final = Cursors(_Place)


async def acts(
    connection: Connection | Pool, where: Filter, *, limit: int = 50, cursor: str | None = None
) -> Page[Act]:
    """Raises BadCursorError, and ValueError when ``limit`` is not in 1 … ``paging.MAX_LIMIT``."""
    before = None if cursor is None else _CURSORS.read(cursor).sequence
    types = None if where.types is None else list(where.types)
    arguments = (where.actor, where.thing, where.owner, types, where.since, where.until, before)
    found = await connection.fetch(_SQL["page"], *arguments, checked_limit(limit) + 1)
    rows = [_ROW.validate_python(dict(row)) for row in found]
    items = tuple(rows[:limit])
    return Page(items, _CURSORS.write(_Place(items[-1].sequence)) if len(rows) > limit else None)
