from core.events.ids import RunnerId, TaskId
from core.events.task import Cancelled
from core.nats.execute import Known
from core.scheduler.board import Board
from tests.unit.domain.task_facts import completed, lost, queued, started
from tests.unit.scheduler.boards import BoardBuilder


def test_a_task_leaves_the_board_when_it_ends() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    task = build.task(1, started(runner=runner.id))
    assert build.board.running_on(runner.id) == [task]
    build.record(task.key, completed())
    assert not build.board.tasks


def test_events_that_come_again_change_nothing() -> None:
    build = BoardBuilder()
    task = build.task(1)
    known = task.known
    event = build.record(task.key, started(runner=RunnerId(task.id)))
    newer = task.known
    build.board.apply(event)
    assert task.known == newer != known


def test_a_state_learned_from_an_append_is_not_set_back_by_the_log() -> None:
    build = BoardBuilder()
    task = build.task(1)
    ahead = Known(task.state, task.known.sequence + 10)
    build.board.learn_task(task, ahead, None)
    build.record(task.key, queued())
    assert task.known == ahead


def test_an_end_known_before_the_log_brings_it_leaves_no_ghost() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    task = build.task(1, started(runner=runner.id))
    builder_state = build.board.tasks.pop(TaskId(task.id))
    build.record(builder_state.key, completed())
    assert not build.board.tasks


def test_what_has_a_step_to_take_is_told_once() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    task = build.task(1, started(1, runner.id), lost(1, runner.id))
    assert build.board.take_moving() == [task]
    assert build.board.take_moving() == []


def test_what_waits_or_runs_has_no_step_to_take() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    build.task(1)
    build.task(2, started(1, runner.id))
    build.task(3, started(1, runner.id), lost(1, runner.id), queued(2))
    assert build.board.take_moving() == []


def test_a_loaded_board_is_as_the_one_that_was_stored() -> None:
    build = BoardBuilder()
    runner = build.runner(50)
    waits, runs = build.task(1), build.task(2, started(1, runner.id))
    lost_one = build.task(3, started(1, runner.id), lost(1, runner.id))
    board = Board(5, runners=build.board.runners)
    for task in (waits, runs, lost_one):
        board.take_in(task)
    assert board.take_moving() == [lost_one]
    assert (list(board.waiting), list(board.running())) == ([waits.id], [runs])


def test_what_is_promised_waits_no_more_and_takes_a_slot() -> None:
    build = BoardBuilder()
    runner, task = build.runner(50), build.task(1)
    build.board.promise(task, runner.id)
    assert (task.id in build.board.waiting, build.board.taken_on(runner.id)) == (False, 1)
    assert build.board.running_on(runner.id) == list(build.board.running()) == []


def test_a_promise_that_was_not_kept_leaves_nothing() -> None:
    build = BoardBuilder()
    runner, task = build.runner(50), build.task(1)
    build.board.promise(task, runner.id)
    build.board.settle(task)
    assert (task.id in build.board.waiting, build.board.taken_on(runner.id)) == (True, 0)
    assert build.board.held.by_owner == {}


def test_a_promise_that_was_kept_is_work() -> None:
    build = BoardBuilder()
    runner, task = build.runner(50), build.task(1)
    build.board.promise(task, runner.id)
    build.record(task.key, started(runner=runner.id))
    build.board.settle(task)
    assert build.board.running_on(runner.id) == list(build.board.running()) == [task]
    assert build.board.held.by_owner[task.owner] == build.board.taken_on(runner.id) == 1


def test_a_task_that_ended_while_it_was_promised_is_gone() -> None:
    build = BoardBuilder()
    runner, task = build.runner(50), build.task(1)
    build.board.promise(task, runner.id)
    build.record(task.key, Cancelled(attempt=0))
    build.board.settle(task)
    assert (len(build.board.waiting), build.board.taken_on(runner.id), build.board.tasks) == (0, 0, {})
