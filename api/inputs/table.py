"""The table of inputs."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.identity import Identity
from api.inputs.resources import InputResource
from api.uploads.checks import InputFacts
from api.uploads.resources import Upload
from api.visibility import Whose, may_change, reach
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


async def visible(connection: Connection | Pool, ids: Iterable[UUID], who: Identity) -> dict[UUID, InputResource]:
    """Those of the inputs that are there and that the caller may see: their own, and those in datasets of the team."""
    eye = reach(who, Whose.ANYONE)
    rows = await connection.fetch(_SQL["by_ids"], list(ids), eye.owner, eye.team)
    return {row["id"]: _ROW.validate_python(dict(row)) for row in rows}


async def belongs_to(connection: Connection | Pool, id_: UUID, who: Identity) -> bool:
    """Whether the caller may change it."""
    owner = await connection.fetchval(_SQL["owner"], id_)
    return owner is not None and may_change(who, owner)


async def of_digest(connection: Connection | Pool, owner: AccountId, sha256: str, size: int) -> UUID | None:
    """The owner's first input with these bytes."""
    found: UUID | None = await connection.fetchval(_SQL["of_digest"], owner, sha256, size)
    return found
