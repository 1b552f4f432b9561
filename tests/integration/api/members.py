"""Further people with accounts and keys of their own, put where the api finds them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from api.accounts import keys
from api.accounts.register import register
from api.accounts.scopes import Scope
from api.accounts.users import NewUser
from core.domain.account import Register
from core.events.account import Admission, Role
from core.events.ids import AccountId, new_id
from core.nats.log import EventLog
from core.postgres.connection import Pool


@dataclass(frozen=True)
class Member:
    """``key`` gets this person in; ``sequence`` is that of the event that made the account."""

    account: AccountId
    name: str
    key: str = field(repr=False)
    sequence: int


async def add_member(
    pool: Pool, log: EventLog, name: str | None = None, role: Role = Role.USER, scopes: Iterable[Scope] = tuple(Scope)
) -> Member:
    """The account stands in the log; the directory, and so the api, knows it when the projector has seen ``sequence``."""
    account, name = AccountId(new_id()), name or f"person {secrets.token_hex(4)}"
    sequence = await register(pool, log, NewUser(account, name), Register(role, Admission.ADMIN))
    _, secret = await keys.insert(pool, account, "a test's", scopes)
    return Member(account, name, secret.text, sequence)
