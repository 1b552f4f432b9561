from datetime import UTC, datetime

import pytest

from core.domain.task import (
    MAX_LOSSES,
    MOVING,
    TASK,
    Cancel,
    ConfirmCancelled,
    Expire,
    Finish,
    GiveUp,
    LoseAttempt,
    Queue,
    Reanalyse,
    Start,
    Status,
    Submit,
    TaskState,
    next_step,
)
from core.events import task
from core.events.failure import FailureKind
from tests.unit.domain.spec import given
from tests.unit.domain.task_facts import (
    OTHER_RUNNER,
    RUNNER,
    SUBMITTED,
    completed,
    failed,
    inspected,
    lost,
    queued,
    reanalysed,
    running_after_losses,
    started,
)

RUNNING = running_after_losses(0)
CANCELLING = (*RUNNING, task.CancelRequested())
ENDS = (completed(), failed(), task.Cancelled(attempt=1), task.Expired(waited_s=1))


def state_after(*facts: task.TaskEvent) -> TaskState:
    state = TASK.initial
    for fact in facts:
        state = TASK.evolve(state, fact, datetime(2026, 1, 1, tzinfo=UTC))
    return state


def test_a_task_is_submitted_once() -> None:
    given(TASK).when(Submit(SUBMITTED)).then(SUBMITTED)
    given(TASK, SUBMITTED).when(Submit(SUBMITTED)).then_refused("task_exists")


@pytest.mark.parametrize("command", [Queue(), Start(started()), Cancel(), Expire(), Finish(RUNNER, completed())])
def test_nothing_happens_to_a_task_that_is_not_there(command: object) -> None:
    given(TASK).when(command).then_refused("task_unknown")


def test_queueing_names_the_attempt_to_come() -> None:
    given(TASK, SUBMITTED).when(Queue()).then(queued(1))
    given(TASK, *RUNNING, lost()).when(Queue()).then(queued(2))
    given(TASK, SUBMITTED, queued()).when(Queue()).then_nothing()


def test_only_a_queued_task_starts_and_with_the_next_attempt() -> None:
    given(TASK, SUBMITTED, queued()).when(Start(started(1))).then(started(1))
    given(TASK, SUBMITTED, queued()).when(Start(started(2))).then_refused("wrong_attempt")
    given(TASK, *RUNNING).when(Start(started(2))).then_refused("task_not_waiting")
    given(TASK, SUBMITTED).when(Start(started(1))).then_refused("task_not_waiting")


@pytest.mark.parametrize("fact", [completed(), failed()])
def test_the_runner_that_holds_the_attempt_ends_the_task(fact: task.Completed | task.Failed) -> None:
    given(TASK, *RUNNING).when(Finish(RUNNER, fact)).then(fact)


def test_an_inspection_ends_with_what_was_inspected_and_a_profile_does_not() -> None:
    inspection = SUBMITTED.model_copy(update={"kind": task.TaskKind.INSPECT})
    facts = (inspection, *RUNNING[1:])
    given(TASK, *facts).when(Finish(RUNNER, inspected())).then(inspected())
    given(TASK, *facts).when(Finish(RUNNER, failed())).then(failed())
    given(TASK, *facts).when(Finish(RUNNER, completed())).then_refused("wrong_result")
    given(TASK, *RUNNING).when(Finish(RUNNER, inspected())).then_refused("wrong_result")
    assert state_after(*facts, inspected()).status is Status.COMPLETED


def test_a_report_by_another_runner_or_of_an_attempt_never_begun_is_refused() -> None:
    given(TASK, *RUNNING).when(Finish(OTHER_RUNNER, completed())).then_refused("not_your_attempt")
    given(TASK, *RUNNING).when(Finish(RUNNER, completed(2))).then_refused("not_your_attempt")
    given(TASK, *RUNNING).when(Finish(RUNNER, completed(0))).then_refused("not_your_attempt")


def test_a_late_report_of_a_lost_attempt_is_kept_and_completes_nothing() -> None:
    kept = task.LateReportKept(attempt=1, runner_id=RUNNER, artifacts=completed().artifacts)
    given(TASK, *RUNNING, lost()).when(Finish(RUNNER, completed(1))).then(kept)
    given(TASK, *running_after_losses(1)).when(Finish(RUNNER, completed(1))).then(kept)
    for end in ENDS:
        given(TASK, *RUNNING, end).when(Finish(RUNNER, completed(1))).then(kept)
    assert state_after(*RUNNING, lost(), kept) == state_after(*RUNNING, lost())


def test_cancelling_a_waiting_task_ends_it_at_once() -> None:
    given(TASK, SUBMITTED).when(Cancel()).then(task.Cancelled(attempt=0))
    given(TASK, SUBMITTED, queued()).when(Cancel()).then(task.Cancelled(attempt=0))
    given(TASK, *RUNNING, lost()).when(Cancel()).then(task.Cancelled(attempt=1))


def test_cancelling_a_running_task_asks_its_runner() -> None:
    given(TASK, *RUNNING).when(Cancel()).then(task.CancelRequested())
    given(TASK, *CANCELLING).when(Cancel()).then_nothing()
    given(TASK, *CANCELLING).when(Finish(RUNNER, task.Cancelled(attempt=1))).then(task.Cancelled(attempt=1))


def test_cancelling_twice_is_fine_and_cancelling_what_ended_otherwise_is_not() -> None:
    given(TASK, SUBMITTED, task.Cancelled(attempt=0)).when(Cancel()).then_nothing()
    given(TASK, *RUNNING, completed()).when(Cancel()).then_refused("task_ended")


def test_a_result_that_was_ready_before_the_cancel_arrived_counts() -> None:
    given(TASK, *CANCELLING).when(Finish(RUNNER, completed())).then(completed())


def test_a_run_stopped_on_a_mistaken_hint_is_lost_but_the_task_goes_on() -> None:
    abandoned = task.AttemptLost(attempt=1, runner_id=RUNNER, reason=task.LossReason.ABANDONED)
    given(TASK, *RUNNING).when(Finish(RUNNER, task.Cancelled(attempt=1))).then(abandoned)


def test_losing_counts_only_for_the_attempt_that_runs_and_its_runner() -> None:
    lose = LoseAttempt(1, RUNNER, task.LossReason.LEASE_ENDED)
    given(TASK, *RUNNING).when(lose).then(lost())
    given(TASK, *RUNNING, lost()).when(lose).then_nothing()
    given(TASK, *running_after_losses(1)).when(lose).then_nothing()
    given(TASK, *RUNNING).when(LoseAttempt(1, OTHER_RUNNER, task.LossReason.LEASE_ENDED)).then_nothing()


def test_a_cancelled_run_whose_runner_is_lost_is_cancelled() -> None:
    facts = (*CANCELLING, lost())
    assert next_step(state_after(*facts)) == ConfirmCancelled()
    given(TASK, *facts).when(ConfirmCancelled()).then(task.Cancelled(attempt=1))
    given(TASK, *facts).when(Queue()).then_nothing()


def test_three_losses_fail_the_task() -> None:
    facts = (*running_after_losses(MAX_LOSSES - 1), lost(MAX_LOSSES))
    assert next_step(state_after(*facts)) == GiveUp()
    given(TASK, *facts).when(GiveUp()).then(task.Failed(attempt=MAX_LOSSES, kind=FailureKind.RUNNER_LOST))
    given(TASK, *facts).when(Queue()).then_nothing()


def test_fewer_losses_queue_it_again() -> None:
    assert next_step(state_after(*running_after_losses(MAX_LOSSES - 2), lost(MAX_LOSSES - 1))) == Queue()


def test_a_task_expires_by_its_own_queue_limit_and_only_while_it_waits() -> None:
    given(TASK, SUBMITTED, queued()).when(Expire(), after_s=99).then_nothing()
    given(TASK, SUBMITTED, queued()).when(Expire(), after_s=100).then(task.Expired(waited_s=100))
    given(TASK, *RUNNING).when(Expire(), after_s=1000).then_nothing()


def test_what_comes_next_without_being_asked() -> None:
    assert next_step(state_after(SUBMITTED)) == Queue()
    assert next_step(state_after(SUBMITTED, queued())) is None
    assert next_step(state_after(*RUNNING)) is None
    for end in ENDS:
        state = state_after(*RUNNING, end)
        assert state.status.ended
        assert next_step(state) is None


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("losses", range(MAX_LOSSES + 1))
def test_those_that_move_are_those_that_have_a_next_step(losses: int, cancelled: bool) -> None:
    states = [TaskState(status=one, losses=losses, cancel_requested=cancelled) for one in Status]
    assert {state.status for state in states if next_step(state) is not None} == MOVING


def test_waiting_time_counts_anew_after_a_loss() -> None:
    given(TASK, *RUNNING, lost(), queued(2)).when(Expire(), after_s=99).then_nothing()


def test_status_words_are_the_ones_people_see() -> None:
    assert {status.value for status in Status if status.ended} == {"completed", "failed", "cancelled", "expired"}


def test_only_a_newer_analyser_has_something_to_say_of_a_profile() -> None:
    done = (*RUNNING, completed())
    given(TASK, *done).when(Reanalyse(reanalysed(2))).then(reanalysed(2))
    given(TASK, *done).when(Reanalyse(reanalysed(1))).then_nothing()
    given(TASK, *done, reanalysed(3)).when(Reanalyse(reanalysed(2))).then_nothing()
    assert state_after(*done, reanalysed(3)).status is Status.COMPLETED


@pytest.mark.parametrize("facts", [RUNNING, (*RUNNING, failed()), (*RUNNING, inspected())])
def test_what_left_no_profile_is_not_analysed_again(facts: tuple[task.TaskEvent, ...]) -> None:
    given(TASK, *facts).when(Reanalyse(reanalysed(2))).then_refused("no_profile")
