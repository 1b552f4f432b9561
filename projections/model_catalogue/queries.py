"""Reading the catalogue. Deleted models are not in it."""

from dataclasses import dataclass
from typing import Final

from pydantic import AwareDatetime, TypeAdapter

from core.events.ids import AccountId, ModelId
from core.postgres.connection import Connection
from core.postgres.queries import Queries
from projections.model_catalogue.fold import CataloguedModel
from projections.paging import Cursors, Page, checked_limit

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(CataloguedModel)


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
    connection: Connection,
    owner: AccountId | None,
    *,
    team: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[CataloguedModel]:
    """One page of an owner's models (None: of everybody's), with ``team`` also of those that are shown to the team, the newest first.

    Raises BadCursorError, and ValueError when ``limit`` is not in 1 … ``paging.MAX_LIMIT``.
    """
    wanted = checked_limit(limit) + 1
    if cursor is None:
        records = await connection.fetch(_SQL["of_owner"], owner, wanted, team)
    else:
        place = _CURSORS.read(cursor)
        records = await connection.fetch(_SQL["of_owner_before"], owner, wanted, team, place.uploaded_at, place.id)
    rows = [_ROW.validate_python(dict(record)) for record in records]
    items = tuple(rows[:limit])
    more = len(rows) > limit
    return Page(items, _CURSORS.write(_Place(items[-1].uploaded_at, items[-1].id)) if more else None)
