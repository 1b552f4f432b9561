"""The tables of enrolment tokens and of runners' keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.accounts.secrets import Secret, digest
from api.errors.problem import RefusedError
from core.events.ids import AccountId, CommandId, Platform, RunnerId, new_id
from core.events.runner import Pool
from core.postgres.connection import Pool as Database
from core.postgres.queries import Queries

TOKEN_PREFIX: Final = "mge_"  # noqa: S105 - how tokens begin, not one

_SQL: Final = Queries.beside(__file__, "enrolments.sql")


@dataclass(frozen=True)
class Enrolment:
    """``runner_id`` and ``public_key`` are None until the token was used."""

    id: UUID
    beginning: str
    owner: AccountId
    pool: Pool
    created_at: datetime
    expires_at: datetime
    runner_id: RunnerId | None
    public_key: str | None


@dataclass(frozen=True)
class RunnerKey:
    runner_id: RunnerId
    platform: Platform
    registered_at: datetime
    revoked_at: datetime | None


_ROW: Final = TypeAdapter(Enrolment)
_KEY: Final = TypeAdapter(RunnerKey)


async def insert(
    database: Database, owner: AccountId, pool: Pool, seconds: float, command: CommandId | None = None
) -> tuple[Enrolment, Secret]:
    """A new token, or the same command's earlier one with a new secret.

    Raises RefusedError with ``idempotency_key_reused`` when that one is another, was used, or was revoked.
    """
    secret = Secret.make(TOKEN_PREFIX)
    row = await database.fetchrow(
        _SQL["insert"], new_id(), secret.sha256, secret.beginning, owner, pool, seconds, command
    )
    if row is None:
        raise RefusedError("idempotency_key_reused", "The key belongs to another token, or to one that was used since.")
    return _ROW.validate_python(dict(row)), secret


async def open_ones(database: Database, owner: AccountId | None) -> list[Enrolment]:
    """Neither used, nor revoked, nor expired; of one owner, or of all."""
    return [_ROW.validate_python(dict(row)) for row in await database.fetch(_SQL["list"], owner)]


async def revoke(database: Database, id_: UUID, owner: AccountId | None) -> bool:
    """Whether there was one to revoke."""
    return await database.fetchval(_SQL["revoke"], id_, owner) is not None


async def use(database: Database, token: str, public_key: str) -> Enrolment | None:
    """Bind a token to a key, for ever; the same key may come again when an answer was lost. None: the token is not (any more) valid."""
    row = await database.fetchrow(_SQL["use"], digest(token), new_id(), public_key)
    return None if row is None else _ROW.validate_python(dict(row))


async def add_key(database: Database, public_key: str, runner: RunnerId, platform: Platform) -> None:
    await database.execute(_SQL["add_key"], public_key, runner, platform)


async def key(database: Database, public_key: str) -> RunnerKey | None:
    row = await database.fetchrow(_SQL["key"], public_key)
    return None if row is None else _KEY.validate_python(dict(row))


async def platform(database: Database, runner: RunnerId) -> Platform | None:
    """None: it never registered here."""
    found = await database.fetchval(_SQL["platform"], runner)
    return None if found is None else Platform(found)


async def revoke_keys(database: Database, runner: RunnerId) -> None:
    await database.execute(_SQL["revoke_keys"], runner)


async def is_revoked(database: Database, runner: RunnerId) -> bool:
    """Whether it had keys, and has none any more."""
    return bool(await database.fetchval(_SQL["is_revoked"], runner))
