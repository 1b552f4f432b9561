"""The life of a runner, as far as the log keeps it: who it is, what it can do, when it was there."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from core.domain.decider import Decider, RejectedError
from core.events import runner
from core.events.ids import AccountId
from core.events.runner import RunnerEvent


@dataclass(frozen=True)
class RunnerState:
    pool: runner.Pool | None = None
    description: runner.Described | None = None
    present: bool = False
    drained: bool = False
    disabled: bool = False
    revoked: bool = False
    grants: frozenset[AccountId] = frozenset()


@dataclass(frozen=True)
class Enroll:
    pool: runner.Pool


@dataclass(frozen=True)
class Describe:
    fact: runner.Described


@dataclass(frozen=True)
class Appear:
    pass


@dataclass(frozen=True)
class Leave:
    reason: runner.LeaveReason


Command = Enroll | Describe | Appear | Leave


def decide(state: RunnerState, command: Command, _now: datetime) -> RunnerEvent | None:
    """Raises RejectedError with the codes ``runner_unknown`` and ``runner_revoked``."""
    if state.revoked:
        raise RejectedError("runner_revoked", "This runner's credentials were revoked.")
    if isinstance(command, Enroll):
        return runner.Enrolled(pool=command.pool) if state.pool is None else None
    if state.pool is None:
        raise RejectedError("runner_unknown", "This runner was never enrolled.")
    match command:
        case Describe():
            return command.fact if command.fact != state.description else None
        case Appear():
            return None if state.present else runner.Appeared()
        case Leave():
            return runner.Left(reason=command.reason) if state.present else None
        case _ as unreachable:
            assert_never(unreachable)


def evolve(state: RunnerState, fact: RunnerEvent, _at: datetime) -> RunnerState:
    match fact:
        case runner.Enrolled():
            return replace(state, pool=fact.pool)
        case runner.Described():
            return replace(state, description=fact)
        case runner.Appeared():
            return replace(state, present=True, drained=False)
        case runner.Left():
            return replace(state, present=False)
        case runner.Drained():
            return replace(state, drained=True)
        case runner.Disabled():
            return replace(state, disabled=True)
        case runner.Revoked():
            return replace(state, revoked=True, present=False)
        case runner.Granted():
            return replace(state, grants=state.grants | {fact.account})
        case runner.GrantRevoked():
            return replace(state, grants=state.grants - {fact.account})
        case _ as unreachable:
            assert_never(unreachable)


RUNNER: Decider[RunnerState, Command, RunnerEvent] = Decider(RunnerState(), decide, evolve)
