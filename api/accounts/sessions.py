"""Sessions: families of refresh tokens, of which one at a time is good, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.accounts.scopes import Scope
from api.accounts.secrets import REFRESH_PREFIX, Secret
from api.errors.problem import RefusedError
from core.domain.account import Standing
from core.events.account import Role
from core.events.ids import AccountId, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__, "sessions.sql")
UNREMEMBERED: Final = timedelta(days=1)


@dataclass(frozen=True)
class Visitor:
    """Where a session was begun, for its owner to recognise it."""

    user_agent: str
    address: str


@dataclass(frozen=True)
class Renewed:
    """A session and its one good refresh token. ``life``: for how long it is good if nothing happens."""

    session: UUID
    account: AccountId
    refresh: Secret
    remembered: bool
    life: timedelta


@dataclass(frozen=True)
class SessionHolder:
    """``key`` and ``key_scopes``: of the API key that began it, without which it is over."""

    session: UUID
    account: AccountId
    name: str
    role: Role
    standing: Standing
    key: UUID | None = None
    key_scopes: frozenset[Scope] | None = None


@dataclass(frozen=True)
class SessionRow:
    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


_HOLDER: Final = TypeAdapter(SessionHolder)
_ROWS: Final = TypeAdapter(list[SessionRow])


class _Fate(Enum):
    UNKNOWN = "unknown"
    RACED = "raced"
    REUSED = "reused"


async def begin(
    pool: Pool, account: AccountId, visitor: Visitor, life: timedelta, *, remembered: bool, key: UUID | None = None
) -> Renewed:
    """``key``: the API key that begins it; it ends with that."""
    life = life if remembered else min(life, UNREMEMBERED)
    session, refresh = new_id(), Secret.make(REFRESH_PREFIX)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            _SQL["begin"], session, account, remembered, visitor.user_agent[:200], visitor.address[:64], life, key
        )
        await connection.execute(_SQL["add_token"], refresh.sha256, session)
    return Renewed(session, account, refresh, remembered, life)


async def renew(pool: Pool, sha256: str, life: timedelta, race: timedelta) -> Renewed:
    """A new refresh token for an unused one.

    One that was used before ends its whole family: somebody holds a copy. Only for the length of ``race`` after its use it may be
    a second request of the same program: that one gets nothing, and the family lives.
    Raises RefusedError with ``refresh_refused``, ``refresh_reused`` or ``refresh_raced``.
    """
    async with pool.acquire() as connection, connection.transaction():
        outcome = await _renew(connection, sha256, life, race)
    # Outside of the transaction: what reuse ended stays ended.
    match outcome:
        case _Fate.UNKNOWN:
            raise RefusedError("refresh_refused", "The refresh token is not that of a session that goes on.")
        case _Fate.RACED:
            raise RefusedError("refresh_raced", "Another request used the refresh token a moment ago.")
        case _Fate.REUSED:
            raise RefusedError("refresh_reused", "The refresh token was used before, so its session was ended.")
        case Renewed():
            return outcome


async def _renew(connection: Connection, sha256: str, life: timedelta, race: timedelta) -> Renewed | _Fate:
    token = await connection.fetchrow(_SQL["token"], sha256, race)
    if token is None or token["over"]:
        return _Fate.UNKNOWN
    if token["used"]:
        if token["just_used"]:
            return _Fate.RACED
        await connection.execute(_SQL["end"], token["session"], token["account"])
        return _Fate.REUSED
    refresh = Secret.make(REFRESH_PREFIX)
    life = life if token["remembered"] else min(life, UNREMEMBERED)
    await connection.execute(_SQL["use_token"], sha256)
    await connection.execute(_SQL["add_token"], refresh.sha256, token["session"])
    await connection.execute(_SQL["prolong"], token["session"], life)
    return Renewed(token["session"], token["account"], refresh, token["remembered"], life)


async def session_of_refresh(pool: Pool, sha256: str) -> tuple[UUID, AccountId] | None:
    """Whose refresh token it is, used or not; None when it is none, or its session is over."""
    row = await pool.fetchrow(_SQL["token"], sha256, timedelta(0))
    return None if row is None or row["over"] else (row["session"], row["account"])


async def holder(pool: Pool, session: UUID, account: AccountId) -> SessionHolder | None:
    """Who holds a session that goes on, with the role and standing of this moment."""
    row = await pool.fetchrow(_SQL["holder"], session, account)
    return None if row is None else _HOLDER.validate_python(dict(row))


async def of_account(pool: Pool, account: AccountId) -> list[SessionRow]:
    """The newest use first."""
    return _ROWS.validate_python([dict(row) for row in await pool.fetch(_SQL["of_account"], account)])


async def end(connection: Connection | Pool, session: UUID, account: AccountId) -> bool:
    """Whether there was such a session that went on."""
    return await connection.fetchval(_SQL["end"], session, account) is not None


async def end_all(connection: Connection | Pool, account: AccountId, but: UUID | None = None) -> None:
    """End the account's sessions, all or all but one."""
    await connection.execute(_SQL["end_all"], account, but)


async def sweep(pool: Pool) -> None:
    """Forget what was over for a day."""
    await pool.execute(_SQL["sweep"])
