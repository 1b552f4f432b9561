"""The table of users: what a person is called. What an account may do stands in the account directory, folded from events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
from pydantic import TypeAdapter

from api.accounts.names import Language, key_of
from api.errors.problem import RefusedError
from core.events.ids import AccountId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__, "users.sql")


@dataclass(frozen=True)
class UserRow:
    id: AccountId
    name: str
    email: str | None
    language: Language | None
    password_hash: str | None
    created_at: datetime


_ROW: Final = TypeAdapter(UserRow)


@dataclass(frozen=True)
class NewUser:
    """``email`` and ``password_hash`` may be missing: guests have neither."""

    id: AccountId
    name: str
    email: str | None = None
    password_hash: str | None = None
    language: Language | None = None


async def insert(connection: Connection | Pool, new: NewUser) -> None:
    """Raises RefusedError with ``name_taken`` or ``email_taken``."""
    email_key = None if new.email is None else key_of(new.email)
    try:
        await connection.execute(
            _SQL["insert"], new.id, new.name, key_of(new.name), new.email, email_key, new.password_hash, new.language
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(error) from error


def _taken(error: asyncpg.UniqueViolationError) -> RefusedError:
    if "email" in (error.constraint_name or ""):
        return RefusedError("email_taken", "Another account has this e-mail address.")
    return RefusedError("name_taken", "Another account has this name.")


async def find(connection: Connection | Pool, id_: AccountId) -> UserRow | None:
    row = await connection.fetchrow(_SQL["by_id"], id_)
    return None if row is None else _ROW.validate_python(dict(row))


async def find_by_login(connection: Connection | Pool, login: str) -> UserRow | None:
    """By name or by e-mail address."""
    row = await connection.fetchrow(_SQL["by_login"], key_of(login))
    return None if row is None else _ROW.validate_python(dict(row))


async def anybody(pool: Pool) -> bool:
    """Whether there is any account."""
    found: bool = await pool.fetchval(_SQL["anybody"])
    return found


async def set_password(connection: Connection | Pool, id_: AccountId, password_hash: str) -> None:
    await connection.execute(_SQL["set_password"], id_, password_hash)


async def change(connection: Connection | Pool, user: UserRow) -> None:
    """Store the names and the language. Raises RefusedError with ``name_taken`` or ``email_taken``."""
    email_key = None if user.email is None else key_of(user.email)
    try:
        await connection.execute(
            _SQL["change"], user.id, user.name, key_of(user.name), user.email, email_key, user.language
        )
    except asyncpg.UniqueViolationError as error:
        raise _taken(error) from error
