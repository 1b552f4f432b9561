"""The life of a runner, as far as the log keeps it: who it is, what it can do, when it was there, and whom it serves."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from core.changed import changed
from core.domain.decider import Decider, RejectedError
from core.events import runner
from core.events.ids import LOCAL_ACCOUNT, AccountId, LabelId
from core.events.runner import RunnerEvent


@dataclass(frozen=True)
class RunnerState:
    """``owner`` is None for a runner that the broker's own configuration lets in."""

    pool: runner.Pool | None = None
    owner: AccountId | None = None
    description: runner.Described | None = None
    present: bool = False
    drained: bool = False
    disabled: bool = False
    revoked: bool = False
    labels: frozenset[LabelId] = frozenset()
    grants: frozenset[AccountId] = frozenset()

    @property
    def stopped(self) -> bool:
        """Whether it may not even finish what it has."""
        return self.disabled or self.revoked

    @property
    def usable(self) -> bool:
        return self.present and not (self.drained or self.stopped)

    def serves(self, account: AccountId) -> bool:
        """Whether what the account owns may run here. Without a sandbox only the owner's: a stranger's model could do what it likes there."""
        return (self.sandboxed and self.open_to(account)) or self.owned_by(account)

    @property
    def serves_all(self) -> bool:
        """Whether ``serves`` is so for everybody."""
        return self.sandboxed and self.pool is runner.Pool.PUBLIC

    def open_to(self, account: AccountId) -> bool:
        """Whether the owner lets the account use it, sandbox or not."""
        return self.pool is runner.Pool.PUBLIC or self.owned_by(account) or account in self.grants

    def owned_by(self, account: AccountId) -> bool:
        """One that the broker's own configuration lets in belongs to whoever holds the stack's own token."""
        return account == (self.owner or LOCAL_ACCOUNT)

    @property
    def sandboxed(self) -> bool:
        return self.description is not None and self.description.sandbox is not runner.SandboxKind.NONE


@dataclass(frozen=True)
class Enroll:
    pool: runner.Pool
    owner: AccountId | None = None


@dataclass(frozen=True)
class Describe:
    fact: runner.Described


@dataclass(frozen=True)
class Appear:
    pass


@dataclass(frozen=True)
class Leave:
    reason: runner.LeaveReason


@dataclass(frozen=True)
class Drain:
    pass


@dataclass(frozen=True)
class Resume:
    pass


@dataclass(frozen=True)
class Disable:
    pass


@dataclass(frozen=True)
class Enable:
    pass


@dataclass(frozen=True)
class Revoke:
    pass


@dataclass(frozen=True)
class ChangePool:
    pool: runner.Pool


@dataclass(frozen=True)
class ChangeOwner:
    owner: AccountId


@dataclass(frozen=True)
class Label:
    labels: frozenset[LabelId]


@dataclass(frozen=True)
class Grant:
    account: AccountId


@dataclass(frozen=True)
class RevokeGrant:
    account: AccountId


Command = (
    Enroll
    | Describe
    | Appear
    | Leave
    | Drain
    | Resume
    | Disable
    | Enable
    | Revoke
    | ChangePool
    | ChangeOwner
    | Label
    | Grant
    | RevokeGrant
)


def decide(state: RunnerState, command: Command, _now: datetime) -> RunnerEvent | None:
    """Raises RejectedError with the codes ``runner_unknown`` and ``runner_revoked``."""
    if state.revoked:
        if isinstance(command, Revoke):
            return None
        raise RejectedError("runner_revoked", "This runner was removed; its credentials are void.")
    if isinstance(command, Enroll):
        return runner.Enrolled(pool=command.pool, owner=command.owner) if state.pool is None else None
    if state.pool is None:
        raise RejectedError("runner_unknown", "This runner was never enrolled.")
    match command:
        case Describe():
            return command.fact if command.fact != state.description else None
        case Appear():
            return None if state.present else runner.Appeared()
        case Leave():
            return runner.Left(reason=command.reason) if state.present else None
        case _:
            return _administer(state, command)


def _administer(
    state: RunnerState,
    command: Drain | Resume | Disable | Enable | Revoke | ChangePool | ChangeOwner | Label | Grant | RevokeGrant,
) -> RunnerEvent | None:
    match command:
        case Drain():
            return None if state.drained else runner.Drained()
        case Resume():
            return runner.Resumed() if state.drained else None
        case Disable():
            return None if state.disabled else runner.Disabled()
        case Enable():
            return runner.Enabled() if state.disabled else None
        case Revoke():
            return runner.Revoked()
        case ChangePool(pool):
            return None if pool is state.pool else runner.PoolChanged(pool=pool)
        case ChangeOwner(owner):
            return None if owner == state.owner else runner.OwnerChanged(owner=owner)
        case Label(labels):
            return None if labels == state.labels else runner.Labelled(labels=tuple(sorted(labels)))
        case Grant(account):
            return None if account in state.grants else runner.Granted(account=account)
        case RevokeGrant(account):
            return runner.GrantRevoked(account=account) if account in state.grants else None
        case _ as unreachable:
            assert_never(unreachable)


def evolve(state: RunnerState, fact: RunnerEvent, _at: datetime) -> RunnerState:
    match fact:
        case runner.Enrolled():
            return changed(state, pool=fact.pool, owner=fact.owner)
        case runner.Described():
            return changed(state, description=fact)
        case runner.Appeared():
            return changed(state, present=True)
        case runner.Left():
            return changed(state, present=False)
        case runner.Revoked():
            return changed(state, revoked=True, present=False)
        case _:
            return _administered(state, fact)


def _administered(
    state: RunnerState,
    fact: runner.Drained
    | runner.Resumed
    | runner.Disabled
    | runner.Enabled
    | runner.PoolChanged
    | runner.OwnerChanged
    | runner.Labelled
    | runner.Granted
    | runner.GrantRevoked,
) -> RunnerState:
    match fact:
        case runner.Drained() | runner.Resumed():
            return changed(state, drained=isinstance(fact, runner.Drained))
        case runner.Disabled() | runner.Enabled():
            return changed(state, disabled=isinstance(fact, runner.Disabled))
        case runner.PoolChanged():
            return changed(state, pool=fact.pool)
        case runner.OwnerChanged():
            return changed(state, owner=fact.owner)
        case runner.Labelled():
            return changed(state, labels=frozenset(fact.labels))
        case runner.Granted():
            return changed(state, grants=state.grants | {fact.account})
        case runner.GrantRevoked():
            return changed(state, grants=state.grants - {fact.account})
        case _ as unreachable:
            assert_never(unreachable)


RUNNER: Decider[RunnerState, Command, RunnerEvent] = Decider(RunnerState(), decide, evolve)
