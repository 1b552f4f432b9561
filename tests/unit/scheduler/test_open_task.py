from uuid import UUID

import pytest

from core.domain.task import TASK
from core.events.envelope import Recorded
from core.events.ids import AccountId, Aggregate, EventId, LabelId, Platform, ProjectId, TagId
from core.events.ownership import Visibility, VisibilityChanged
from core.events.runner import Pool
from core.events.subjects import AggregateKey
from core.events.task import TaskEvent
from core.events.values import ProfileOptions
from core.nats.execute import Known
from core.scheduler.open_task import OpenTask
from tests.unit.domain.task_facts import RUNNER, SUBMITTED, lost, queued, started
from tests.unit.scheduler.boards import START

KEY = AggregateKey(Aggregate.TASK, Platform.X86, UUID(int=1))
EVERYTHING = SUBMITTED.model_copy(
    update={
        "options": ProfileOptions(iterations=7, nchw44=True, workspace_limit=5, time_limit_s=1.5),
        "runner": RUNNER,
        "labels": (LabelId(UUID(int=3)),),
        "pool": Pool.PRIVATE,
        "project": ProjectId(UUID(int=4)),
        "tags": (TagId(UUID(int=5)), TagId(UUID(int=6))),
    }
)
LIVES: list[list[TaskEvent]] = [
    [SUBMITTED, queued()],
    [EVERYTHING, queued(), VisibilityChanged(visibility=Visibility.TEAM)],
    [EVERYTHING, queued(), started(), lost(), queued(2)],
]


def open_task(life: list[TaskEvent]) -> OpenTask:
    nobody = UUID(int=0)
    events = [
        Recorded(EventId(UUID(int=n)), KEY, n, START, AccountId(nobody), nobody, nobody, None, fact)
        for n, fact in enumerate(life, 1)
    ]
    known = Known(TASK.fold(events), len(life))
    return OpenTask(KEY, 1, AccountId(nobody), UUID(int=8), EventId(UUID(int=9)), known)


@pytest.mark.parametrize("life", LIVES, ids=len)
def test_a_packed_state_is_the_same_state(life: list[TaskEvent]) -> None:
    entry = open_task(life)
    before = (entry.known, entry.status, entry.ref, entry.submitted, entry.queued_at)
    entry.pack()
    assert (entry.known, entry.status, entry.ref, entry.submitted, entry.queued_at) == before
    entry.unpack()
    assert entry.known == before[0]


def test_its_ids_are_kept_apart() -> None:
    entry = open_task(LIVES[0])
    entry.last_event = EventId(UUID(int=77))
    assert (entry.correlation_id, entry.last_event) == (UUID(int=8), UUID(int=77))


def test_what_is_learned_while_packed_counts() -> None:
    entry = open_task(LIVES[0])
    entry.pack()
    newer = Known(open_task(LIVES[2]).state, 50)
    entry.known = newer
    assert (entry.known, entry.sequence) == (newer, 50)
