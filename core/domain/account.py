"""The life of an account, as far as the log keeps it: what it may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from core.changed import changed
from core.domain.decider import Decider, RejectedError
from core.events import account
from core.events.account import AccountEvent, Admission, Role


class Standing(StrEnum):
    UNKNOWN = "unknown"
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


@dataclass(frozen=True)
class AccountState:
    """``quota`` is None until one was set for this account."""

    standing: Standing = Standing.UNKNOWN
    role: Role | None = None
    quota: account.QuotaSet | None = None


@dataclass(frozen=True)
class Register:
    role: Role
    admission: Admission


@dataclass(frozen=True)
class ChangeRole:
    role: Role


@dataclass(frozen=True)
class Disable:
    pass


@dataclass(frozen=True)
class Enable:
    pass


@dataclass(frozen=True)
class Delete:
    pass


@dataclass(frozen=True)
class SetQuota:
    fact: account.QuotaSet


Command = Register | ChangeRole | Disable | Enable | Delete | SetQuota


def decide(state: AccountState, command: Command, _now: datetime) -> AccountEvent | None:
    """Raises RejectedError with the codes ``account_exists`` and ``account_unknown``."""
    if isinstance(command, Register):
        if state.standing is not Standing.UNKNOWN:
            raise RejectedError("account_exists", "This account was registered already.")
        return account.Registered(role=command.role, admission=command.admission)
    if state.standing in {Standing.UNKNOWN, Standing.DELETED}:
        raise RejectedError("account_unknown", "There is no such account.")
    match command:
        case ChangeRole(role):
            return account.RoleChanged(role=role) if role is not state.role else None
        case Disable():
            return account.Disabled() if state.standing is Standing.ACTIVE else None
        case Enable():
            return account.Enabled() if state.standing is Standing.DISABLED else None
        case Delete():
            return account.Deleted()
        case SetQuota(fact):
            return fact if fact != state.quota else None
        case _ as unreachable:
            assert_never(unreachable)


def evolve(state: AccountState, fact: AccountEvent, _at: datetime) -> AccountState:
    match fact:
        case account.Registered():
            return changed(state, standing=Standing.ACTIVE, role=fact.role)
        case account.RoleChanged():
            return changed(state, role=fact.role)
        case account.Disabled():
            return changed(state, standing=Standing.DISABLED)
        case account.Enabled():
            return changed(state, standing=Standing.ACTIVE)
        case account.Deleted():
            return changed(state, standing=Standing.DELETED)
        case account.QuotaSet():
            return changed(state, quota=fact)
        case _ as unreachable:
            assert_never(unreachable)


ACCOUNT: Decider[AccountState, Command, AccountEvent] = Decider(AccountState(), decide, evolve)
