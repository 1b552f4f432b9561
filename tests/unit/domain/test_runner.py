from dataclasses import replace
from uuid import UUID

import pytest

from core.domain.runner import (
    RUNNER,
    Appear,
    ChangeOwner,
    ChangePool,
    Command,
    Describe,
    Disable,
    Drain,
    Enable,
    Enroll,
    Grant,
    Label,
    Leave,
    Resume,
    Revoke,
    RevokeGrant,
    RunnerState,
)
from core.events import runner
from core.events.ids import LOCAL_ACCOUNT, AccountId, LabelId
from core.events.runner import RunnerEvent
from core.events.values import EngineOffer
from tests.unit.domain.spec import START, given

ENROLLED = runner.Enrolled(pool=runner.Pool.PUBLIC)
DESCRIBED = runner.Described(
    engines=(EngineOffer(version="1.13.0", driver="megengine", build="1.13.0+abc"),),
    slots=1,
    cpu="A processor",
    cores=2,
    memory=1,
    kernel="Linux",
    software="0.1",
    sandbox=runner.SandboxKind.BUBBLEWRAP,
)


def test_enrolling_is_done_once() -> None:
    given(RUNNER).when(Enroll(runner.Pool.PUBLIC)).then(ENROLLED)
    given(RUNNER, ENROLLED).when(Enroll(runner.Pool.PUBLIC)).then_nothing()


def test_a_stranger_may_not_appear() -> None:
    given(RUNNER).when(Appear()).then_refused("runner_unknown")
    given(RUNNER).when(Describe(DESCRIBED)).then_refused("runner_unknown")


def test_a_description_is_written_when_it_differs() -> None:
    given(RUNNER, ENROLLED).when(Describe(DESCRIBED)).then(DESCRIBED)
    given(RUNNER, ENROLLED, DESCRIBED).when(Describe(DESCRIBED)).then_nothing()
    faster = DESCRIBED.model_copy(update={"cores": 4})
    given(RUNNER, ENROLLED, DESCRIBED).when(Describe(faster)).then(faster)


def test_coming_and_going() -> None:
    left = runner.Left(reason=runner.LeaveReason.SILENT)
    given(RUNNER, ENROLLED).when(Appear()).then(runner.Appeared())
    given(RUNNER, ENROLLED, runner.Appeared()).when(Appear()).then_nothing()
    given(RUNNER, ENROLLED, runner.Appeared()).when(Leave(runner.LeaveReason.SILENT)).then(left)
    given(RUNNER, ENROLLED, runner.Appeared(), left).when(Leave(runner.LeaveReason.SILENT)).then_nothing()
    given(RUNNER, ENROLLED, runner.Appeared(), left).when(Appear()).then(runner.Appeared())


def test_a_revoked_runner_can_do_nothing_more() -> None:
    given(RUNNER, ENROLLED, runner.Revoked()).when(Appear()).then_refused("runner_revoked")
    given(RUNNER, ENROLLED, runner.Revoked()).when(Enroll(runner.Pool.PUBLIC)).then_refused("runner_revoked")
    given(RUNNER, ENROLLED, runner.Revoked()).when(Enable()).then_refused("runner_revoked")
    given(RUNNER, ENROLLED, runner.Revoked()).when(Revoke()).then_nothing()


ALICE, BOB = AccountId(UUID(int=100)), AccountId(UUID(int=200))
FAST, QUIET = LabelId(UUID(int=11)), LabelId(UUID(int=12))


@pytest.mark.parametrize(
    ("command", "fact", "undo", "undone"),
    [
        (Drain(), runner.Drained(), Resume(), runner.Resumed()),
        (Disable(), runner.Disabled(), Enable(), runner.Enabled()),
        (Grant(BOB), runner.Granted(account=BOB), RevokeGrant(BOB), runner.GrantRevoked(account=BOB)),
    ],
)
def test_what_is_done_to_a_runner_is_done_once_and_can_be_undone(
    command: Command, fact: RunnerEvent, undo: Command, undone: RunnerEvent
) -> None:
    given(RUNNER, ENROLLED).when(undo).then_nothing()
    given(RUNNER, ENROLLED).when(command).then(fact)
    given(RUNNER, ENROLLED, fact).when(command).then_nothing()
    given(RUNNER, ENROLLED, fact).when(undo).then(undone)
    given(RUNNER, ENROLLED, fact, undone).when(command).then(fact)


def test_pool_owner_and_labels_change() -> None:
    private = runner.PoolChanged(pool=runner.Pool.PRIVATE)
    given(RUNNER, ENROLLED).when(ChangePool(runner.Pool.PUBLIC)).then_nothing()
    given(RUNNER, ENROLLED).when(ChangePool(runner.Pool.PRIVATE)).then(private)
    given(RUNNER, ENROLLED).when(ChangeOwner(ALICE)).then(runner.OwnerChanged(owner=ALICE))
    labelled = runner.Labelled(labels=(FAST, QUIET))
    given(RUNNER, ENROLLED).when(Label(frozenset({QUIET, FAST}))).then(labelled)
    given(RUNNER, ENROLLED, labelled).when(Label(frozenset({FAST, QUIET}))).then_nothing()


def test_a_private_runner_serves_its_owner_and_whom_it_was_granted_to() -> None:
    private = RunnerState(pool=runner.Pool.PRIVATE, owner=ALICE, grants=frozenset({BOB}), description=DESCRIBED)
    assert [private.serves(account) for account in (ALICE, BOB, AccountId(UUID(int=300)))] == [True, True, False]
    assert RunnerState(pool=runner.Pool.PUBLIC, description=DESCRIBED).serves(BOB)


@pytest.mark.parametrize("pool", runner.Pool)
def test_without_a_sandbox_a_runner_serves_its_owner_alone(pool: runner.Pool) -> None:
    bare = DESCRIBED.model_copy(update={"sandbox": runner.SandboxKind.NONE})
    state = RunnerState(pool=pool, owner=ALICE, grants=frozenset({BOB}), description=bare)
    assert [state.serves(account) for account in (ALICE, BOB)] == [True, False]
    assert state.open_to(BOB)
    # One that is not registered with an account belongs to the stack that it is a part of.
    embedded = replace(state, owner=None)
    assert [embedded.serves(account) for account in (LOCAL_ACCOUNT, ALICE)] == [True, False]


def test_a_runner_that_does_not_say_has_no_sandbox() -> None:
    """One of an older version, or one that was not heard of yet."""
    older = DESCRIBED.model_dump(exclude={"sandbox"})
    assert not RunnerState(pool=runner.Pool.PUBLIC, description=runner.Described.model_validate(older)).serves(BOB)
    assert not RunnerState(pool=runner.Pool.PUBLIC).serves(BOB)


def test_a_drain_outlasts_a_restart_of_the_runner() -> None:
    left = runner.Left(reason=runner.LeaveReason.SAID_SO)
    states = RunnerState()
    for fact in (ENROLLED, runner.Appeared(), runner.Drained(), left, runner.Appeared()):
        states = RUNNER.evolve(states, fact, START)
    assert states.present
    assert not states.usable
