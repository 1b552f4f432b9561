"""The table of webhooks. Secrets stand in it sealed: see ``sealing``."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from api.events.filters import EventFilter
from core.domain.account import Standing
from core.events.account import Role
from core.events.ids import AccountId, CommandId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__, "webhooks.sql")


class WebhookState(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    """Why it is disabled."""

    ASKED = "asked"
    """Somebody wanted it."""
    GONE = "gone"
    """The receiver answered 410."""
    FAILING = "failing"
    """Nothing had got through for days."""


@dataclass(frozen=True)
class WebhookRow:
    """``since``, ``disabled_after``: places in the log."""

    id: UUID
    account: AccountId
    url: str
    description: str
    filter: EventFilter
    secret: str = field(repr=False)
    previous_secret: str | None = field(repr=False)
    previous_until: datetime | None
    state: WebhookState
    reason: DisabledReason | None
    since: int
    disabled_at: datetime | None
    disabled_after: int | None
    delivered_at: datetime | None
    created_at: datetime
    waiting: int = 0


@dataclass(frozen=True)
class Listening:
    """One that wants to hear of what happens to its account's things."""

    id: UUID
    account: AccountId
    filter: EventFilter
    since: int


@dataclass(frozen=True)
class Target:
    """Where a message goes, and whose it is as of now."""

    id: UUID
    account: AccountId
    url: str
    secret: str = field(repr=False)
    previous_secret: str | None = field(repr=False)
    previous_until: datetime | None
    role: Role
    standing: Standing

    def keys(self, now: datetime) -> list[str]:
        """The secrets that sign a message at that time, the newest first; sealed."""
        old = self.previous_until is not None and self.previous_until > now
        return [self.secret, *([self.previous_secret] if old and self.previous_secret else [])]


_ROW: Final = TypeAdapter(WebhookRow)
_LISTENING: Final = TypeAdapter(Listening)
_TARGET: Final = TypeAdapter(Target)


@dataclass(frozen=True)
class NewWebhook:
    id: UUID
    account: AccountId
    url: str
    description: str
    filter: EventFilter
    secret: str = field(repr=False)
    since: int


async def insert(pool: Pool, new: NewWebhook, command: CommandId, most: int) -> WebhookRow | None:
    """The new one, or the same command's; None when that one was another. Raises TooManyError."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(_SQL["lock_account"], str(new.account))
        if await connection.fetchval(_SQL["count"], new.account, command) >= most:
            raise TooManyError
        asked = (new.url, new.description, stored(new.filter), new.secret, new.since)
        row = await connection.fetchrow(_SQL["insert"], new.id, new.account, command, *asked)
    return None if row is None else _ROW.validate_python(dict(row))


def stored(wanted: EventFilter) -> dict[str, Any]:
    """What is not asked for is left out: a filter that grows later means the same."""
    return wanted.model_dump(mode="json", exclude_defaults=True)


class TooManyError(Exception):
    """The account has as many webhooks as one may have."""


async def of_account(connection: Connection | Pool, account: AccountId, id_: UUID | None = None) -> list[WebhookRow]:
    """All of the account's, or the one."""
    return [_ROW.validate_python(dict(row)) for row in await connection.fetch(_SQL["of_account"], account, id_)]


async def change(connection: Connection | Pool, row: WebhookRow) -> None:
    asked = (row.url, row.description, stored(row.filter))
    await connection.execute(_SQL["change"], row.id, row.account, *asked)


async def enable(connection: Connection | Pool, id_: UUID, since: int) -> None:
    """It hears of what happens after ``since``; what waited for it goes on."""
    await connection.execute(_SQL["enable"], id_, since)


async def disable(connection: Connection | Pool, id_: UUID, reason: DisabledReason) -> None:
    await connection.execute(_SQL["disable"], id_, reason)


async def disable_failing(connection: Connection | Pool, id_: UUID, since: datetime) -> bool:
    """Whether nothing has got through since then, so that it is disabled now."""
    return str(await connection.execute(_SQL["disable_failing"], id_, since)) != "UPDATE 0"


async def note_delivered(connection: Connection | Pool, id_: UUID) -> None:
    await connection.execute(_SQL["delivered"], id_)


async def rotate(connection: Connection | Pool, account: AccountId, id_: UUID, secret: str, until: datetime) -> bool:
    """Whether there was one. The secret that was signs until then, too."""
    return await connection.fetchval(_SQL["rotate"], id_, account, secret, until) is not None


@dataclass(frozen=True)
class KeptSecrets:
    id: UUID
    secret: str = field(repr=False)
    previous_secret: str | None = field(repr=False)


async def kept_secrets(connection: Connection | Pool) -> list[KeptSecrets]:
    """Of all webhooks."""
    return [KeptSecrets(**row) for row in await connection.fetch(_SQL["kept_secrets"])]


async def replace_secrets(
    connection: Connection | Pool, kept: KeptSecrets, secret: str | None, previous: str | None
) -> bool:
    """Whether they were as they are told to have been."""
    told = (kept.id, kept.secret, kept.previous_secret, secret, previous)
    return str(await connection.execute(_SQL["replace_secrets"], *told)) == "UPDATE 1"


async def delete(connection: Connection | Pool, account: AccountId, id_: UUID) -> bool:
    """Whether there was one."""
    return await connection.fetchval(_SQL["delete"], id_, account) is not None


async def delete_of_account(connection: Connection | Pool, account: AccountId) -> None:
    await connection.execute(_SQL["delete_of_account"], account)


async def listening(connection: Connection | Pool, accounts: list[AccountId]) -> list[Listening]:
    """Those of the accounts that are enabled."""
    return [_LISTENING.validate_python(dict(row)) for row in await connection.fetch(_SQL["listening"], accounts)]


async def target(connection: Connection | Pool, id_: UUID) -> Target | None:
    """None for one that is disabled, or gone with its account."""
    row = await connection.fetchrow(_SQL["target"], id_)
    return None if row is None else _TARGET.validate_python(dict(row))
