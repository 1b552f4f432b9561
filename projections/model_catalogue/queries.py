"""Reading the catalogue. Deleted models are not in it."""

from dataclasses import dataclass
from typing import Final

from pydantic import AwareDatetime, TypeAdapter

from core.events.ids import AccountId, ModelId, ProjectId
from core.postgres.connection import Connection
from core.postgres.queries import Queries
from projections.clauses import AnyOfEach, Clauses
from projections.model_catalogue.fold import CataloguedModel
from projections.paging import Cursors, Page, checked_limit

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(CataloguedModel)


@dataclass(frozen=True)
class Filter:
    """Which models to list; None: any. ``seen_by``: what belongs to this account, or is shown to the team."""

    owner: AccountId | None = None
    seen_by: AccountId | None = None
    project: tuple[ProjectId, ...] | None = None
    tags: AnyOfEach = ()


@dataclass(frozen=True)
class _Place:
    uploaded_at: AwareDatetime
    id: ModelId


_CURSORS: Final = Cursors(_Place)


async def model(connection: Connection, id_: ModelId) -> CataloguedModel | None:
    """The model, or None when there is none of that id, or it was deleted."""
    row = await connection.fetchrow(_SQL["by_id"], id_)
    return None if row is None else _ROW.validate_python(dict(row))


async def model_of_digest(connection: Connection, sha256: str, owner: AccountId) -> CataloguedModel | None:
    """The owner's oldest model with these bytes."""
    row = await connection.fetchrow(_SQL["of_digest"], sha256, owner)
    return None if row is None else _ROW.validate_python(dict(row))


async def models(
    connection: Connection, where: Filter, *, limit: int = 50, cursor: str | None = None
) -> Page[CataloguedModel]:
    """One page of the models that pass the filter, the newest first.

    Raises BadCursorError, and ValueError when ``limit`` is not in 1 … ``paging.MAX_LIMIT``.
    """
    clauses = Clauses()
    if where.owner is not None:
        clauses.one_of("owner", [where.owner])
    if where.seen_by is not None:
        clauses.seen_by(where.seen_by)
    if where.project is not None:
        clauses.one_of("project", where.project)
    clauses.tagged(where.tags)
    if cursor is not None:
        place = _CURSORS.read(cursor)
        clauses.add(f"(uploaded_at, id) < ({clauses.argument(place.uploaded_at)}, {clauses.argument(place.id)})")
    sql = _SQL["page"].format(filters=clauses, limit=clauses.argument(checked_limit(limit) + 1))
    rows = [_ROW.validate_python(dict(record)) for record in await connection.fetch(sql, *clauses.arguments)]
    items = tuple(rows[:limit])
    more = len(rows) > limit
    return Page(items, _CURSORS.write(_Place(items[-1].uploaded_at, items[-1].id)) if more else None)
