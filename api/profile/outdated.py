"""``/analyses/outdated``: runs whose raw profiles the server's analyser has not read for good yet."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller
from api.errors.documents import documented
from api.freshness import Fresh
from api.parts import PartsOf
from api.routing import router_at
from api.visibility import Whose
from core.postgres.queries import Queries
from core.profile.document import ANALYSER
from projections.paging import MAX_LIMIT, Cursors

router = router_at("/analyses", tag="profile")

_SQL: Final = Queries.beside(__file__)


class OutdatedQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    whose: Annotated[Whose, Field(description="`anyone`: everybody's, for administrators.")] = Whose.MINE
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: str | None = None


class OutdatedRun(BaseModel):
    """``analyser``: the newest one whose findings are kept."""

    task_id: UUID
    analyser: int


class OutdatedPage(BaseModel):
    """``newest``: the server's analyser. ``count``: of all of them."""

    newest: int
    count: int
    items: list[OutdatedRun]
    next_cursor: str | None


@dataclass(frozen=True)
class _Place:
    id: UUID


_CURSORS: Final = Cursors(_Place)


@router.get("/outdated", dependencies=[Fresh], responses=documented("invalid_cursor", "not_fresh_yet"))
async def list_outdated(caller: Caller, parts: PartsOf, query: Annotated[OutdatedQuery, Query()]) -> OutdatedPage:
    """Runs to be analysed again (`POST /tasks/{id}/analyses`), the oldest first: those that you may change and whose files are there.

    A run that was analysed again is not listed any more, so whoever was interrupted just begins anew.
    """
    owner = None if query.whose is Whose.ANYONE and caller.is_admin else caller.account
    after = None if query.cursor is None else _CURSORS.read(query.cursor).id
    async with parts.pool.acquire() as connection:
        count: int = await connection.fetchval(_SQL["outdated_count"], ANALYSER, owner)
        rows = await connection.fetch(_SQL["outdated"], ANALYSER, owner, after, query.limit + 1)
    items = [OutdatedRun(task_id=row["id"], analyser=row["analyser"]) for row in rows[: query.limit]]
    cursor = _CURSORS.write(_Place(items[-1].task_id)) if len(rows) > query.limit else None
    return OutdatedPage(newest=ANALYSER, count=count, items=items, next_cursor=cursor)
