"""Reading the directory."""

from collections.abc import Iterable
from typing import Final

from pydantic import TypeAdapter

from core.events.ids import AccountId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries
from projections.account_directory.fold import DirectoryEntry

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(DirectoryEntry)


async def entries(connection: Connection | Pool, ids: Iterable[AccountId]) -> dict[AccountId, DirectoryEntry]:
    """The entries of accounts; one that was never registered has none."""
    found = [_ROW.validate_python(dict(row)) for row in await connection.fetch(_SQL["by_ids"], list(ids))]
    return {entry.id: entry for entry in found}


async def admins(connection: Connection | Pool) -> int:
    """How many people may administer, the embedded stack's own account not counted."""
    count: int = await connection.fetchval(_SQL["admins"])
    return count
