"""API keys: long-lived secrets of programs, known by their digests only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.accounts.scopes import Scope
from api.accounts.secrets import KEY_PREFIX, Secret
from api.errors.problem import RefusedError
from core.domain.account import Standing
from core.events.account import Role
from core.events.ids import AccountId, CommandId, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__, "keys.sql")


@dataclass(frozen=True)
class KeyRow:
    id: UUID
    name: str
    beginning: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class KeyHolder:
    """Who shows a key that holds. ``standing`` and ``role`` are the account's of this moment."""

    key: UUID
    account: AccountId
    name: str
    scopes: frozenset[Scope]
    role: Role
    standing: Standing


_ROW: Final = TypeAdapter(KeyRow)
_HOLDER: Final = TypeAdapter(KeyHolder)


async def insert(
    connection: Connection | Pool,
    account: AccountId,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None = None,
    command: CommandId | None = None,
) -> tuple[KeyRow, Secret]:
    """A new key, or the same command's earlier one with a new secret; and its text, which nobody can show again.

    Raises RefusedError with ``idempotency_key_reused`` when that one is another, or was revoked.
    """
    secret = Secret.make(KEY_PREFIX)
    row = await connection.fetchrow(
        _SQL["insert"], new_id(), account, name, secret.beginning, secret.sha256, sorted(scopes), expires_at, command
    )
    if row is None:
        raise RefusedError("idempotency_key_reused", "The key belongs to another key that was made, or revoked since.")
    return _ROW.validate_python(dict(row)), secret


async def holder(pool: Pool, sha256: str) -> KeyHolder | None:
    """Who holds the key of this digest; None when it is none, was revoked, or is over. Notes its use, once a minute."""
    row = await pool.fetchrow(_SQL["holder"], sha256)
    if row is None:
        return None
    if row["stale"]:
        await pool.execute(_SQL["used"], row["key"])
    return _HOLDER.validate_python({name: value for name, value in row.items() if name != "stale"})


async def of_account(pool: Pool, account: AccountId) -> list[KeyRow]:
    """Those that hold, the newest first."""
    return [_ROW.validate_python(dict(row)) for row in await pool.fetch(_SQL["of_account"], account)]


async def revoke(pool: Pool, id_: UUID, account: AccountId) -> bool:
    """Whether there was such a key that held."""
    return await pool.fetchval(_SQL["revoke"], id_, account) is not None
