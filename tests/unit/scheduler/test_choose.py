from itertools import permutations

from core.events.ids import Platform, RunnerId
from core.events.runner import Pool
from core.events.task import ChoiceReason, TaskKind
from core.scheduler.choose import choose
from tests.unit.domain.task_facts import started
from tests.unit.scheduler.boards import ALICE, BOB, BoardBuilder


def test_nothing_for_a_runner_of_another_platform_or_engine() -> None:
    build = BoardBuilder()
    build.task(1, platform=Platform.CUDA)
    build.task(2, engine="1.12.0")
    runner = build.runner(50)
    assert choose(build.board.queued(), runner, {}) is None


def test_the_only_one_is_taken_and_says_so() -> None:
    build = BoardBuilder()
    task = build.task(1)
    choice = choose(build.board.queued(), build.runner(50), {})
    assert choice is not None
    assert (choice.task, choice.reason, choice.waiting) == (task, ChoiceReason.ONLY, 1)


def test_the_oldest_goes_first() -> None:
    build = BoardBuilder()
    older, _newer = build.task(2), build.task(1)
    choice = choose(build.board.queued(), build.runner(50), {})
    assert choice is not None
    assert (choice.task, choice.reason, choice.waiting) == (older, ChoiceReason.OLDEST, 2)


def test_who_has_fewest_running_goes_before_the_oldest() -> None:
    build = BoardBuilder()
    build.task(1, started(runner=RunnerId(build.runner(60).id)), owner=ALICE)
    build.task(2, owner=ALICE)
    bobs = build.task(3, owner=BOB)
    choice = choose(build.board.queued(), build.runner(50), build.board.running_by_owner())
    assert choice is not None
    assert (choice.task, choice.reason) == (bobs, ChoiceReason.FAIR_SHARE)


def test_inspections_go_before_everything() -> None:
    build = BoardBuilder()
    build.task(1)
    inspection = build.task(2, kind=TaskKind.INSPECT)
    choice = choose(build.board.queued(), build.runner(50), {ALICE: 5})
    assert choice is not None
    assert (choice.task, choice.reason) == (inspection, ChoiceReason.INSPECTION_FIRST)


def test_a_task_for_one_runner_waits_for_it() -> None:
    build = BoardBuilder()
    wanted = build.runner(50)
    build.task(1, runner=wanted.id)
    assert choose(build.board.queued(), build.runner(51), {}) is None
    assert choose(build.board.queued(), wanted, {}) is not None


def test_a_private_runner_takes_only_what_it_was_granted_for() -> None:
    build = BoardBuilder()
    build.task(1, owner=ALICE)
    private = build.runner(50, pool=Pool.PRIVATE, grants=(BOB,))
    assert choose(build.board.queued(), private, {}) is None
    bobs = build.task(2, owner=BOB)
    choice = choose(build.board.queued(), private, {})
    assert choice is not None
    assert choice.task is bobs


def test_the_order_in_which_tasks_are_listed_does_not_matter() -> None:
    build = BoardBuilder()
    build.task(1, owner=ALICE)
    build.task(2, owner=BOB)
    build.task(3, owner=BOB, kind=TaskKind.INSPECT)
    build.task(4, owner=BOB)
    runner = build.runner(50)
    chosen = {
        choice.task.id
        for order in permutations(build.board.queued())
        if (choice := choose(order, runner, {BOB: 1})) is not None
    }
    assert len(chosen) == 1
