from datetime import timedelta

from core.events.ids import RunnerId
from tests.unit.domain.task_facts import completed, lost, queued, started
from tests.unit.scheduler.boards import START, BoardBuilder

LIMIT_S = 100
"""Queue limit of these tasks."""


def test_a_task_is_overdue_from_its_limit_on_until_it_waits_no_more() -> None:
    build = BoardBuilder()
    task = build.task(1)
    ends = task.queued_at + timedelta(seconds=LIMIT_S)
    assert build.board.waiting.overdue(ends - timedelta(seconds=1)) == []
    assert build.board.waiting.overdue(ends) == [task.id]
    assert build.board.waiting.overdue(ends) == [task.id]
    build.record(task.key, started())
    assert build.board.waiting.overdue(ends) == []


def test_who_waits_anew_has_the_whole_limit_again() -> None:
    build = BoardBuilder()
    task = build.task(1)
    first = task.queued_at
    for number in range(2, 50):
        build.task(number)
    for fact in (started(), lost(), queued(2)):
        build.record(task.key, fact)
    assert task.id not in build.board.waiting.overdue(first + timedelta(seconds=LIMIT_S))
    assert task.id in build.board.waiting.overdue(task.queued_at + timedelta(seconds=LIMIT_S))


def test_what_came_and_went_leaves_nothing() -> None:
    build = BoardBuilder()
    runner = RunnerId(build.runner(50).id)
    for number in range(1, 1000):
        key = build.task(number, started(1, runner)).key
        build.record(key, completed())
    left = build.task(1000)
    assert list(build.board.waiting) == [left.id]
    assert [len(by_owner) for by_owner in build.board.waiting.lanes.values()] == [1]
    assert build.board.held.by_owner == {}
    assert len(build.board.waiting._deadlines) < 100
    assert build.board.waiting.overdue(START + timedelta(days=1)) == [left.id]


def test_places_count_inspections_first_and_then_age() -> None:
    build = BoardBuilder()
    tasks = [build.task(number) for number in range(1, 4)]
    place = build.board.waiting.where(tasks[2].id)
    assert place.queue.ahead_of(place) == 2
    build.record(tasks[0].key, started())
    assert place.queue.ahead_of(place) == 1
    assert place.queue.head.task == tasks[1].id
