"""Which rows stay in memory, and for how long."""

from __future__ import annotations

from core.events.ids import Platform
from core.events.subjects import task_key
from projections.read_model import Change
from projections.recent import Recent
from projections.task_list.fold import TASK_LIST
from tests.unit.projections.facts import TASKS, recorded, submitted


def change(*numbers: int) -> Change:
    """So many tasks are submitted."""
    events = [recorded(n + 1, task_key(Platform.X86, TASKS[n]), submitted()) for n in numbers]
    made = TASK_LIST.change({}, events)
    assert made is not None
    return made


def size(made: Change) -> int:
    return len(made.rows or "")


def kept(recent: Recent) -> list[int]:
    return [n for n, id_ in enumerate(TASKS) if recent.rows("task_list", [id_])]


def test_what_was_written_longest_ago_makes_room() -> None:
    recent = Recent(room=3 * size(change(0)))
    for turn, numbers in enumerate([(0,), (1,), (2,), (0,), (3,)]):
        recent.committed(turn, [change(*numbers)])
    assert kept(recent) == [0, 2, 3]
    recent.committed(5, [change(4, 5)])
    assert kept(recent) == [3, 4, 5]


def test_what_is_larger_than_the_room_is_not_kept() -> None:
    recent = Recent(room=size(change(0)) - 1)
    recent.committed(1, [change(0)])
    assert kept(recent) == []
    assert recent.mark == 1


def test_what_is_uncertain_is_forgotten() -> None:
    recent = Recent(7)
    recent.committed(8, [change(0, 1)])
    assert kept(recent) == [0, 1]
    recent.forget(9)
    assert (kept(recent), recent.mark) == ([], 9)
    recent.committed(10, [change(1)])
    assert kept(recent) == [1]


def test_rows_are_those_of_their_table() -> None:
    recent = Recent()
    recent.committed(1, [change(0)])
    assert recent.rows("task_detail", TASKS) == {}
    assert recent.rows("task_list", TASKS) == change(0).written
