"""State at any moment is what production had then: the same fold, stopped earlier."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.domain.replay import BEFORE_ALL, NOW, Moment, steps, until
from core.domain.task import TASK, Status
from core.events import task
from core.events.envelope import Recorded
from core.events.ids import AccountId, EventId, Platform, TaskId, new_id
from core.events.subjects import task_key
from tests.unit.domain.task_facts import SUBMITTED, completed, lost, queued, started

START = datetime(2026, 1, 1, tzinfo=UTC)
FACTS: tuple[task.TaskEvent, ...] = (SUBMITTED, queued(1), started(1), lost(1), queued(2), started(2), completed(2))
KEY = task_key(Platform.X86, TaskId(new_id()))


def recorded(number: int, fact: task.TaskEvent) -> Recorded[task.TaskEvent]:
    """Every tenth place in the log, one a minute: what is between belongs to others."""
    return Recorded(
        id=EventId(new_id()),
        key=KEY,
        sequence=10 * number,
        time=START + timedelta(minutes=number),
        owner=AccountId(new_id()),
        actor=UUID(int=0),
        correlation_id=new_id(),
        causation_id=None,
        data=fact,
    )


HISTORY = [recorded(number, fact) for number, fact in enumerate(FACTS, start=1)]


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (NOW, 7),
        (BEFORE_ALL, 0),
        (Moment(sequence=9), 0),
        (Moment(sequence=10), 1),
        (Moment(sequence=39), 3),
        (Moment(time=START + timedelta(minutes=3)), 3),
        (Moment(time=START + timedelta(minutes=3, seconds=59)), 3),
        (Moment(time=START), 0),
        (Moment(sequence=50, time=START + timedelta(minutes=2)), 2),
        (Moment(sequence=1_000), 7),
    ],
)
def test_what_had_happened_by_then(moment: Moment, count: int) -> None:
    assert until(HISTORY, moment) == HISTORY[:count]


def test_each_step_leads_from_the_state_before_to_that_of_the_same_fold() -> None:
    made = list(steps(TASK, HISTORY))
    assert made[0].before == TASK.initial
    assert [step.before for step in made[1:]] == [step.after for step in made[:-1]]
    assert [step.after for step in made] == [TASK.fold(HISTORY[: number + 1]) for number in range(len(HISTORY))]
    assert [step.after.status for step in made] == [
        *(Status.SUBMITTED, Status.QUEUED, Status.RUNNING, Status.LOST),
        *(Status.QUEUED, Status.RUNNING, Status.COMPLETED),
    ]
