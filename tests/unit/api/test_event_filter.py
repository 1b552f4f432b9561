"""Which events pass a filter, and what the broker is asked for."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from pydantic import ValidationError

from api.events.filters import EventFilter
from core.events.envelope import Fact, Recorded
from core.events.ids import Platform
from core.events.subjects import task_key
from tests.unit.projections.facts import NAMES, TASKS
from tests.unit.projections.histories import play

HISTORY = play(7, 400)
FILTERS = [
    EventFilter(),
    EventFilter(aggregate=["task"]),
    EventFilter(aggregate=["task", "model"], platform=[Platform.CUDA, Platform.ANY]),
    EventFilter(type=["task.queued", "runner.left"]),
    EventFilter(type=["task.queued", "runner.left"], aggregate=["runner"]),
    EventFilter(type=["task.queued"], aggregate=["runner"]),
    EventFilter(thing=[TASKS[0], TASKS[3]]),
    EventFilter(actor=[NAMES], platform=[Platform.X86]),
    EventFilter(actor=[UUID(int=0)]),
]


def fits(subjects: list[str], event: Recorded[Fact]) -> bool:
    """As the broker sees it."""
    subject = event.key.subject(event.type)
    return not subjects or any(re.fullmatch(one.replace(".", r"\.").replace("*", "[^.]+"), subject) for one in subjects)


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_the_broker_leaves_nothing_out_that_passes(wanted: EventFilter) -> None:
    subjects = wanted.subjects()
    assert all(fits(subjects, event) for event in HISTORY if wanted.passes(event))


def test_each_part_of_a_filter_counts() -> None:
    by_hand = {
        1: lambda event: event.key.aggregate == "task",
        2: lambda event: event.key.aggregate in {"task", "model"} and event.key.platform in {"cuda", "any"},
        3: lambda event: event.name in {"task.queued", "runner.left"},
        4: lambda event: event.name == "runner.left",
        5: lambda _: False,
        6: lambda event: event.key.id in {TASKS[0], TASKS[3]},
        8: lambda _: False,
    }
    for number, right in by_hand.items():
        assert [event for event in HISTORY if FILTERS[number].passes(event)] == list(filter(right, HISTORY))


def test_what_the_broker_is_asked_for() -> None:
    key = task_key(Platform.X86, TASKS[0])
    narrow = EventFilter(type=["task.completed"], platform=[Platform.X86], thing=[key.id])
    assert narrow.subjects() == [key.subject("completed")]
    assert EventFilter(actor=[NAMES]).subjects() == []
    assert EventFilter(thing=[NAMES] * 50, platform=list(Platform), aggregate=["task", "model"]).subjects() == []


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValidationError, match="no such type of event"):
        EventFilter(type=["task.exploded"])
