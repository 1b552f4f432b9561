"""The table of inputs."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.inputs.resources import InputResource
from api.uploads.checks import InputFacts
from api.uploads.resources import Upload
from core.events.ids import AccountId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(InputResource)


async def insert(connection: Connection | Pool, upload: Upload, facts: InputFacts) -> None:
    await connection.execute(
        _SQL["insert"],
        upload.resource_id,
        upload.owner,
        upload.filename,
        upload.sha256,
        upload.size,
        facts.dtype,
        None if facts.shape is None else list(facts.shape),
        facts.format.value,
    )


async def find(connection: Connection | Pool, ids: Iterable[UUID], owner: AccountId) -> dict[UUID, InputResource]:
    """Those of the inputs that are there and the owner's."""
    rows = await connection.fetch(_SQL["by_ids"], list(ids), owner)
    return {row["id"]: _ROW.validate_python(dict(row)) for row in rows}


async def of_digest(connection: Connection | Pool, owner: AccountId, sha256: str, size: int) -> UUID | None:
    """The owner's first input with these bytes."""
    found: UUID | None = await connection.fetchval(_SQL["of_digest"], owner, sha256, size)
    return found
