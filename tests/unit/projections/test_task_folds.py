"""Given events, what a task's rows say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.events import ownership, task
from core.events.envelope import Fact
from core.events.failure import FailureKind
from core.events.ids import Platform
from core.events.ownership import Visibility
from core.events.subjects import task_key
from core.events.values import Artifact
from projections.profile_summary.fold import PROFILE_SUMMARY, ProfileSummary
from projections.read_model import UnappliableEventError
from projections.task_detail.fold import TASK_DETAIL, Failure, KeptArtifact, Outcome, TaskDetail
from projections.task_list.fold import TASK_LIST, ListedTask
from projections.task_state import State
from tests.unit.projections.facts import (
    BEGIN,
    DIGEST,
    OWNERS,
    RUNNERS,
    TASKS,
    by_type,
    completed,
    recorded,
    started,
    submitted,
    totals,
)

TASK = TASKS[0]
KEY = task_key(Platform.X86, TASK)
QUEUED = task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)
REQUEUED = task.Queued(attempt=2, reason=task.QueueReason.ATTEMPT_LOST)
LOST = task.AttemptLost(attempt=1, runner_id=RUNNERS[0], reason=task.LossReason.LEASE_ENDED)
LOG = Artifact(name="log.txt", sha256=DIGEST, size=10)


def line(*facts: Fact) -> ListedTask:
    return TASK_LIST.fold({}, [recorded(n, KEY, fact) for n, fact in enumerate(facts, 1)])[TASK]


def page(*facts: Fact) -> TaskDetail:
    return TASK_DETAIL.fold({}, [recorded(n, KEY, fact) for n, fact in enumerate(facts, 1)])[TASK]


def second(n: int) -> object:
    return BEGIN + timedelta(seconds=n)


def test_a_completed_task() -> None:
    row = line(submitted(), QUEUED, started(1), completed(1, 0.4))
    assert (row.state, row.attempt, row.runner_id, row.owner) == (State.COMPLETED, 1, RUNNERS[0], OWNERS[0])
    assert (row.submitted_at, row.queued_at, row.started_at, row.ended_at) == tuple(map(second, (1, 2, 3, 4)))
    assert (row.device_s, row.latency_p50_s, row.sequence) == (0.4, 0.5, 4)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((submitted(),), State.SUBMITTED),
        ((submitted(), QUEUED), State.QUEUED),
        ((submitted(), QUEUED, started(1)), State.RUNNING),
        ((submitted(), QUEUED, started(1), LOST), State.QUEUED),
        ((submitted(), QUEUED, started(1), LOST, REQUEUED, started(2)), State.RUNNING),
        ((submitted(), QUEUED, started(1), task.CancelRequested()), State.CANCELLING),
        ((submitted(), QUEUED, started(1), task.CancelRequested(), LOST), State.CANCELLING),
        ((submitted(), QUEUED, started(1), task.CancelRequested(), task.Cancelled(attempt=1)), State.CANCELLED),
        ((submitted(), QUEUED, task.Expired(waited_s=100.0)), State.EXPIRED),
        ((submitted(), QUEUED, started(1), task.Failed(attempt=1, kind=FailureKind.BAD_INPUT)), State.FAILED),
    ],
)
def test_states_shown(facts: tuple[Fact, ...], state: State) -> None:
    assert line(*facts).state is state
    assert page(*facts).state is state


def test_what_comes_after_the_end_leaves_the_state() -> None:
    again = task.Reanalysed(attempt=1, analyser=2, totals=totals(0.3), by_type=by_type(0.3), artifacts=())
    row = line(submitted(), QUEUED, started(1), completed(1, 0.4), again)
    assert (row.state, row.ended_at, row.device_s, row.sequence) == (State.COMPLETED, second(4), 0.3, 5)


def test_a_task_that_waits_again_has_no_runner() -> None:
    row = line(submitted(), QUEUED, started(1), LOST, REQUEUED)
    assert (row.runner_id, row.started_at, row.attempt, row.queued_at) == (None, None, 1, second(5))


def test_attempts_tell_how_each_ended() -> None:
    facts = (submitted(), QUEUED, started(1), LOST, REQUEUED, started(2, RUNNERS[1]), completed(2, 0.4, (LOG,)))
    first, last = page(*facts).attempts
    assert (first.outcome, first.ended_at, first.phases) == (Outcome.LOST, second(4), None)
    assert (last.outcome, last.runner_id, last.started_at) == (Outcome.COMPLETED, RUNNERS[1], second(6))
    assert page(*facts).phases == {"loading": 0.5, "timing": 0.4}


def test_a_late_report_keeps_its_files_and_nothing_else() -> None:
    late = task.LateReportKept(attempt=1, runner_id=RUNNERS[0], artifacts=(LOG,))
    row = page(submitted(), QUEUED, started(1), LOST, REQUEUED, late)
    assert row.state is State.QUEUED
    assert (row.attempts[0].outcome, row.attempts[0].late_report) == (Outcome.LOST, True)
    assert row.artifact("log.txt") == KeptArtifact(1, "log.txt", DIGEST, 10)


def test_the_last_attempts_file_is_the_one_shown() -> None:
    late = task.LateReportKept(attempt=1, runner_id=RUNNERS[0], artifacts=(LOG,))
    newest = Artifact(name="log.txt", sha256="cd" * 32, size=11)
    facts = (submitted(), QUEUED, started(1), LOST, REQUEUED, started(2), completed(2, 0.4, (newest,)), late)
    kept = page(*facts).artifact("log.txt")
    assert kept == KeptArtifact(2, "log.txt", "cd" * 32, 11)
    assert len(page(*facts).artifacts) == 2
    assert page(*facts).artifact("profile.json") is None


def test_three_losses_keep_their_outcomes() -> None:
    gave_up = task.Failed(attempt=1, kind=FailureKind.RUNNER_LOST)
    row = page(submitted(), QUEUED, started(1), LOST, gave_up)
    assert (row.failure, row.attempts[0].outcome) == (Failure(FailureKind.RUNNER_LOST, 1, None), Outcome.LOST)


def test_an_expired_task_tells_how_long_it_waited() -> None:
    row = page(submitted(), QUEUED, task.Expired(waited_s=100.5))
    assert (row.waited_s, row.ended_at, row.attempts) == (100.5, second(3), ())


def test_a_newer_analysis_takes_over_and_the_old_one_stays() -> None:
    again = task.Reanalysed(attempt=1, analyser=2, totals=totals(0.3), by_type=by_type(0.3), artifacts=())
    facts: tuple[Fact, ...] = (submitted(), QUEUED, started(1), completed(1, 0.4), again)
    events = [recorded(n, KEY, fact) for n, fact in enumerate(facts, 1)]
    summary: ProfileSummary = PROFILE_SUMMARY.fold({}, events)[TASK]
    assert (summary.analyser, summary.totals, summary.analysed_at) == (2, totals(0.3), second(5))
    assert [(old.analyser, old.totals, old.analysed_at) for old in summary.earlier] == [(1, totals(0.4), second(4))]
    assert summary.latency.p50 == 0.5


def test_an_event_of_a_task_that_never_began_is_refused() -> None:
    for model in (TASK_LIST, TASK_DETAIL):
        with pytest.raises(UnappliableEventError, match=r"event 7 \(task.queued .* was never submitted"):
            model.fold({}, [recorded(7, KEY, QUEUED)])


def test_an_analysis_of_nothing_is_refused() -> None:
    again = task.Reanalysed(attempt=1, analyser=2, totals=totals(0.3), by_type=by_type(0.3), artifacts=())
    with pytest.raises(UnappliableEventError, match="never completed"):
        PROFILE_SUMMARY.fold({}, [recorded(1, KEY, again)])


def test_the_shown_states_are_the_documented_ones() -> None:
    assert set(State) == {
        "submitted",
        "queued",
        "running",
        "cancelling",
        "completed",
        "failed",
        "cancelled",
        "expired",
    }
    assert {state for state in State if state.ended} == {"completed", "failed", "cancelled", "expired"}


def test_what_an_owner_does_with_a_task_shows() -> None:
    kept = completed(1, artifacts=(LOG,))
    ended = (submitted(), QUEUED, started(1), kept)
    team = ownership.VisibilityChanged(visibility=Visibility.TEAM)
    assert line(*ended).visibility is page(*ended).visibility is Visibility.PRIVATE
    assert line(*ended, team).visibility is page(*ended, team).visibility is Visibility.TEAM
    assert line(*ended, team).state is State.COMPLETED
    gone = page(*ended, ownership.FilesDeleted())
    assert (gone.artifacts, gone.files_deleted_at, gone.deleted_at) == ((), second(5), None)
    late = task.LateReportKept(attempt=1, runner_id=RUNNERS[0], artifacts=(LOG,))
    assert page(*ended, ownership.FilesDeleted(), late).artifacts == ()
    assert page(*ended, ownership.Deleted()).deleted_at == line(*ended, ownership.Deleted()).deleted_at == second(5)
