"""``/models``."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.access import Caller
from api.errors.documents import documented
from api.freshness import Fresh
from api.grouping import choose, tags
from api.grouping.projects import refs
from api.grouping.resources import Tags
from api.models import table
from api.models.resources import Figures, ModelPage, ModelResource
from api.parts import PartsOf
from api.routing import router_at
from api.visibility import Whose, reach
from core.events.ids import ProjectId
from projections.model_catalogue import queries as catalogue
from projections.paging import MAX_LIMIT

router = router_at("/models", tag="models")


@router.get("", dependencies=[Fresh], responses=documented("invalid_cursor", "not_fresh_yet"))
async def list_models(
    caller: Caller,
    parts: PartsOf,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: str | None = None,
    whose: Whose = Whose.MINE,
    project: Annotated[list[UUID] | None, Query(description="Those that are in any of these.")] = None,
    tag: Annotated[Tags, Query(description="Those that have all of these.")] = [],  # noqa: B006 - FastAPI copies it
) -> ModelPage:
    """Your models, or with `whose=anyone` all that you may see, the newest first."""
    eye = reach(caller, whose)
    projects = await refs(parts.pool, caller, project) if project else None
    where = catalogue.Filter(
        owner=None if eye.team else eye.owner,
        seen_by=eye.owner if eye.team else None,
        project=None if projects is None else tuple(ProjectId(id_) for id_ in projects),
        tags=await tags.groups(parts.pool, eye, tag),
    )
    async with parts.pool.acquire() as connection:
        page = await catalogue.models(connection, where, limit=limit, cursor=cursor)
        names = await table.names(connection, [model.id for model in page.items])
        groups = await choose.names(connection, caller, page.items)
    items = [
        ModelResource(
            id=model.id,
            name=names.get(model.id, f"{model.sha256[:12]}.mge"),
            sha256=model.sha256,
            size=model.size,
            uploaded_at=model.uploaded_at,
            owner=model.owner,
            visibility=model.visibility,
            inspected=Figures.of(model),
            project=groups.project_of(model),
            tags=groups.tags_of(model),
        )
        for model in page.items
    ]
    return ModelPage(items=items, next_cursor=page.next_cursor)
