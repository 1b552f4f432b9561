"""The table of uploads."""

from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.uploads.resources import NewUpload, Upload, UploadState
from core.events.ids import AccountId, CommandId, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(Upload)


async def insert(
    connection: Connection | Pool,
    new: NewUpload,
    owner: AccountId,
    command: CommandId,
    *,
    part_size: int,
    present: UUID | None,
    lives_s: float,
) -> Upload:
    """A new upload, or the one that the same command made before. ``present``: the owner's resource with these bytes, if any."""
    row = await connection.fetchrow(
        _SQL["insert"],
        new_id(),
        owner,
        new.kind,
        new.filename,
        new.size,
        new.sha256,
        part_size,
        UploadState.COMPLETE if present else UploadState.OPEN,
        present or new_id(),
        command,
        lives_s,
    )
    row = row or await connection.fetchrow(_SQL["of_command"], command)
    return _ROW.validate_python(dict(row or {}))


async def find(connection: Connection | Pool, id_: UUID, owner: AccountId) -> Upload | None:
    row = await connection.fetchrow(_SQL["by_id"], id_, owner)
    return None if row is None else _ROW.validate_python(dict(row))


async def find_open(connection: Connection | Pool, new: NewUpload, owner: AccountId) -> Upload | None:
    """The owner's upload of the same file that is under way, if any: another process may have begun it and broken off."""
    row = await connection.fetchrow(_SQL["open_one"], owner, new.kind, new.sha256, new.size)
    return None if row is None else _ROW.validate_python(dict(row))


async def parts_done(connection: Connection | Pool, id_: UUID) -> list[int]:
    return [row["number"] for row in await connection.fetch(_SQL["parts"], id_)]


async def add_part(connection: Connection | Pool, id_: UUID, number: int) -> None:
    await connection.execute(_SQL["add_part"], id_, number)


async def keep_parts(connection: Connection | Pool, id_: UUID, numbers: list[int]) -> None:
    """Forget all parts but these."""
    await connection.execute(_SQL["keep_parts"], id_, numbers)


async def complete(connection: Connection | Pool, id_: UUID) -> None:
    await connection.execute(_SQL["complete"], id_)
    await connection.execute(_SQL["forget_parts"], id_)


async def delete(connection: Connection | Pool, id_: UUID) -> None:
    await connection.execute(_SQL["delete"], id_)


async def expired(connection: Connection | Pool) -> list[UUID]:
    return [row["id"] for row in await connection.fetch(_SQL["expired"])]
