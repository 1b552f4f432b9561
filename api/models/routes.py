"""``/models``."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.access import Caller
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.models import table
from api.models.resources import ModelPage, ModelResource
from api.parts import PartsOf
from projections.model_catalogue import queries as catalogue
from projections.paging import MAX_LIMIT

router = APIRouter(prefix="/models", tags=["models"])


@router.get("", dependencies=[Fresh], responses=documented("invalid_cursor", "not_fresh_yet"))
async def list_models(
    caller: Caller,
    parts: PartsOf,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: str | None = None,
) -> ModelPage:
    """Your models, the newest first."""
    async with parts.pool.acquire() as connection:
        page = await catalogue.models(connection, caller.account, limit=limit, cursor=cursor)
        names = await table.names(connection, [model.id for model in page.items])
    items = [
        ModelResource(
            id=model.id,
            name=names.get(model.id, f"{model.sha256[:12]}.mge"),
            sha256=model.sha256,
            size=model.size,
            uploaded_at=model.uploaded_at,
        )
        for model in page.items
    ]
    return ModelPage(items=items, next_cursor=page.next_cursor)


@router.get("/{model_id}", responses=documented("model_unknown"))
async def get_model(model_id: UUID, caller: Caller, parts: PartsOf) -> ModelResource:
    model = await table.find(parts.pool, model_id, caller.account)
    if model is None:
        raise RefusedError("model_unknown", f"There is no model {model_id}.")
    return model
