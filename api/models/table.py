"""The table of models' names."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.errors.problem import RefusedError
from api.identity import Identity
from api.models.resources import ModelResource
from api.uploads.resources import Upload
from api.visibility import may_see
from core.domain.told import Told
from core.events.ids import AccountId, ModelId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(ModelResource)


async def insert(connection: Connection | Pool, upload: Upload, uploaded_at: datetime) -> None:
    await connection.execute(
        _SQL["insert"], upload.resource_id, upload.owner, upload.filename, upload.sha256, upload.size, uploaded_at
    )


async def visible(connection: Connection | Pool, id_: UUID, who: Identity) -> ModelResource:
    """Raises RefusedError with ``model_unknown``, also for what the caller may not see."""
    row = await connection.fetchrow(_SQL["by_id"], id_)
    model = None if row is None else _ROW.validate_python(dict(row))
    if model is None or not may_see(who, model):
        raise RefusedError("model_unknown", Told("There is no model {id}.", id=id_))
    return model


async def names(connection: Connection | Pool, ids: Iterable[ModelId]) -> dict[UUID, str]:
    return {row["id"]: row["name"] for row in await connection.fetch(_SQL["names"], list(ids))}


async def of_digest(connection: Connection | Pool, owner: AccountId, sha256: str, size: int) -> UUID | None:
    """The owner's first model with these bytes."""
    found: UUID | None = await connection.fetchval(_SQL["of_digest"], owner, sha256, size)
    return found
