"""Links that work once: invitations, the first administrator's, and those that set a password or log a browser in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.accounts.secrets import LINK_PREFIX, Secret, digest
from api.errors.problem import RefusedError
from core.events.account import Role
from core.events.ids import AccountId, CommandId, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__, "links.sql")


class LinkKind(StrEnum):
    INVITATION = "invitation"
    FIRST_ADMIN = "first_admin"
    PASSWORD = "password"  # noqa: S105 - the kind's name
    CONNECT = "connect"


INVITING: Final = frozenset({LinkKind.INVITATION, LinkKind.FIRST_ADMIN})


@dataclass(frozen=True)
class LinkRow:
    id: UUID
    kind: LinkKind
    account: AccountId | None
    role: Role | None
    email: str | None
    made_by: AccountId | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class NewLink:
    """``account``: whose password is to be set, or who is to be logged in. ``role`` and ``email``: of the account that the link lets in. ``command``: what makes it."""

    kind: LinkKind
    life: timedelta
    account: AccountId | None = None
    role: Role | None = None
    email: str | None = None
    made_by: AccountId | None = None
    command: CommandId | None = None


_ROW: Final = TypeAdapter(LinkRow)


async def insert(connection: Connection | Pool, new: NewLink) -> tuple[LinkRow, Secret]:
    """A new link, or the same command's earlier one with a new token; and the token, which nobody can show again.

    Raises RefusedError with ``idempotency_key_reused`` when that one is another, or was used.
    """
    secret = Secret.make(LINK_PREFIX)
    row = await connection.fetchrow(
        _SQL["insert"],
        new_id(),
        secret.sha256,
        new.kind,
        new.account,
        new.role,
        new.email,
        new.made_by,
        new.life,
        new.command,
    )
    if row is None:
        raise RefusedError("idempotency_key_reused", "The key belongs to another link, or to one that was used since.")
    return _ROW.validate_python(dict(row)), secret


async def look(connection: Connection | Pool, token: str, kinds: frozenset[LinkKind]) -> LinkRow:
    """What a token is good for, without using it. Raises RefusedError with ``link_refused``."""
    return _row(await connection.fetchrow(_SQL["look"], digest(token), sorted(kinds)))


async def use(connection: Connection, token: str, kinds: frozenset[LinkKind]) -> LinkRow:
    """Use it up, when the caller's transaction commits. Raises RefusedError with ``link_refused``."""
    return _row(await connection.fetchrow(_SQL["use"], digest(token), sorted(kinds)))


def _row(row: object) -> LinkRow:
    if row is None:
        raise RefusedError("link_refused", "The link is not valid, was used, or is over.")
    return _ROW.validate_python(dict(row))  # type: ignore[call-overload] # asyncpg's record


async def invitations(pool: Pool) -> list[LinkRow]:
    """Those that were not used yet."""
    return [_ROW.validate_python(dict(row)) for row in await pool.fetch(_SQL["invitations"])]


async def revoke_invitation(pool: Pool, id_: UUID) -> bool:
    return await pool.fetchval(_SQL["revoke"], id_) is not None


async def void(connection: Connection | Pool, kind: LinkKind, account: AccountId | None) -> None:
    """Earlier links of this kind (for this account) are worth nothing any more."""
    await connection.execute(_SQL["void"], kind, account)


async def sweep(pool: Pool) -> None:
    """Forget what was over for a day."""
    await pool.execute(_SQL["sweep"])


def url(api_url: str, kind: LinkKind, token: str) -> str:
    """Behind the # it stays in the browser: no proxy and no log sees it."""
    page = {LinkKind.PASSWORD: "set-password", LinkKind.CONNECT: "connect"}.get(kind, "register")
    return f"{api_url.rstrip('/')}/{page}#token={token}"
