"""What waits of a model that took runners down is not handed out again before somebody who may say so wants it all the same."""

from uuid import UUID

from core.domain.task import MAX_LOSSES, Status, TaskState
from core.events.failure import FailureKind
from core.events.ids import ModelId, RunnerId
from core.events.task import TaskEvent, TaskKind
from core.scheduler.choose import choose
from core.scheduler.explain import explain
from core.scheduler.metrics import BoardMetrics
from core.scheduler.open_task import OpenTask
from tests.unit.domain.task_facts import completed, failed, lost, queued, started
from tests.unit.scheduler.boards import BOB, BoardBuilder

OTHER_MODEL = ModelId(UUID(int=4711))


def three_losses(runner: RunnerId) -> list[TaskEvent]:
    """Of a task that was queued, as far as its end."""
    again: list[TaskEvent] = []
    for attempt in (1, 2, 3):
        again += [started(attempt, runner), lost(attempt, runner)]
        again += [queued(attempt + 1)] if attempt < 3 else [failed(3, FailureKind.RUNNER_LOST)]
    return again


def kill(build: BoardBuilder, runner: RunnerId, victim: OpenTask) -> None:
    for fact in three_losses(runner):
        build.record(victim.key, fact, victim.owner)


def next_up(build: BoardBuilder, number: int) -> int | None:
    """Which task the runner would get."""
    runner = build.board.runners[RunnerId(UUID(int=number))]
    choice = choose(build.board.waiting, runner, build.board.held)
    return None if choice is None else choice.task.int


def test_what_was_submitted_before_waits_and_what_was_submitted_after_does_not() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    victim, before = build.task(1), build.task(2)
    kill(build, runner.id, victim)
    assert next_up(build, 50) is None
    assert explain(build.board, before.id).withheld
    after = build.task(3, owner=BOB)
    assert next_up(build, 50) == after.id.int
    assert not explain(build.board, after.id).withheld


def test_a_run_that_completes_makes_it_good() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    victim, before = build.task(1), build.task(2)
    kill(build, runner.id, victim)
    wanted = build.task(3)
    for fact in (started(1, runner.id), completed()):
        build.record(wanted.key, fact)
    assert next_up(build, 50) == before.id.int
    assert not explain(build.board, before.id).withheld


def test_what_a_run_of_another_kind_does_proves_nothing() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    victim, before = build.task(1, kind=TaskKind.INSPECT), build.task(2)
    kill(build, runner.id, victim)
    profile = build.task(3)
    for fact in (started(1, runner.id), completed()):
        build.record(profile.key, fact)
    assert explain(build.board, before.id).withheld


def test_other_models_are_none_of_its_business() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    victim = build.task(1)
    other = build.task(2, model=OTHER_MODEL)
    kill(build, runner.id, victim)
    assert next_up(build, 50) == other.id.int


def test_a_crash_of_the_engine_is_no_loss_of_a_runner() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    crashed, before = build.task(1), build.task(2)
    for fact in (started(1, runner.id), failed(1, FailureKind.ENGINE_CRASH)):
        build.record(crashed.key, fact)
    assert next_up(build, 50) == before.id.int


def test_what_is_withheld_expires_and_calls_for_no_further_runner() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    victim, before = build.task(1), build.task(2)
    ends = build.board.waiting.where(before.id).ends
    kill(build, runner.id, victim)
    assert build.board.waiting.overdue(ends) == [before.id]
    lanes = next(metric for metric in BoardMetrics(build.board).collect() if metric.name == "mgeprof_lane_queued")
    assert lanes.samples == []


def test_an_end_that_the_log_tells_again_takes_back_nothing_newer() -> None:
    """As after a crash: the board was stored ahead of its checkpoint."""
    build = BoardBuilder()
    runner = build.runner(50)
    victim = build.task(1)
    kill(build, runner.id, victim)
    killers, newest = build.board.killers, build.board.sequence
    of = (victim.submitted.model_id, victim.submitted.kind)
    came_through = TaskState(status=Status.COMPLETED, submitted=victim.submitted)
    took_runners_down = TaskState(status=Status.FAILED, submitted=victim.submitted, losses=MAX_LOSSES)
    for older in (newest - 1, newest):
        assert not killers.learn_end(came_through, older)
        assert not killers.learn_end(took_runners_down, older)
    assert killers.since == {of: newest}
    assert killers.learn_end(took_runners_down, newest + 1)
    assert killers.since == {of: newest + 1}
    assert killers.learn_end(came_through, newest + 2)
    assert killers.since == {}
