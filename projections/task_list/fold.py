"""What happens to a task's row in the list."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from core.domain.grouping import GroupingEvent
from core.domain.ownership import OwnershipEvent
from core.events import grouping, ownership, task
from core.events.envelope import Recorded
from core.events.failure import FailureKind
from core.events.ids import AccountId, Aggregate, ModelId, Platform, ProjectId, RunnerId, SweepId, TagId, TaskId
from core.events.ownership import Visibility
from core.events.task import TaskEvent, TaskKind
from projections.read_model import OrphanEventError, ReadModel
from projections.task_state import State, state_after


@dataclass(frozen=True)
class ListedTask:
    """A line of the list.

    ``attempt``: number of the last attempt begun, 0 if none. ``runner_id`` and ``started_at`` belong to that attempt and are gone
    while the task waits for the next one. ``model``: the model's SHA-256. ``device_s`` and ``latency_p50_s`` in seconds.
    """

    id: TaskId
    platform: Platform
    owner: AccountId
    kind: TaskKind
    model_id: ModelId
    model: str
    engine: str
    sweep: SweepId | None
    state: State
    attempt: int
    runner_id: RunnerId | None
    submitted_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    failure: FailureKind | None
    device_s: float | None
    latency_p50_s: float | None
    visibility: Visibility
    project: ProjectId | None
    tags: tuple[TagId, ...]
    deleted_at: datetime | None
    sequence: int


def fold(row: ListedTask | None, event: Recorded[TaskEvent]) -> ListedTask:
    if row is None:
        return _first(event)
    if event.sequence <= row.sequence:
        return row
    row = replace(row, state=state_after(row.state, event), sequence=event.sequence)
    fact, at = event.data, event.time
    match fact:
        case task.Queued():
            row = replace(row, queued_at=at, started_at=None, runner_id=None)
        case task.Started():
            row = replace(row, attempt=fact.attempt, runner_id=fact.runner_id, started_at=at)
        case task.Completed():
            row = replace(row, ended_at=at, device_s=fact.totals.device_s, latency_p50_s=fact.latency.p50)
        case task.Failed():
            row = replace(row, ended_at=at, failure=fact.kind)
        case task.Inspected() | task.Cancelled() | task.Expired():
            row = replace(row, ended_at=at)
        case task.Reanalysed():
            row = replace(row, device_s=fact.totals.device_s)
        case task.Submitted() | task.CancelRequested() | task.AttemptLost() | task.LateReportKept():
            pass
        case _:
            row = _owned(row, fact, at)
    return row


def _owned(row: ListedTask, fact: OwnershipEvent | GroupingEvent, at: datetime) -> ListedTask:
    match fact:
        case ownership.VisibilityChanged():
            return replace(row, visibility=fact.visibility)
        case grouping.Filed():
            return replace(row, project=fact.project)
        case grouping.Tagged():
            return replace(row, tags=fact.tags)
        case ownership.Deleted():
            return replace(row, deleted_at=at)
        case ownership.Shared() | ownership.ShareRevoked() | ownership.FilesDeleted():
            return row
        case _ as unreachable:
            assert_never(unreachable)


def _first(event: Recorded[TaskEvent]) -> ListedTask:
    fact = event.data
    if not isinstance(fact, task.Submitted):
        raise OrphanEventError(f"task {event.key.id} was never submitted")
    return ListedTask(
        id=TaskId(event.key.id),
        platform=event.key.platform,
        owner=event.owner,
        kind=fact.kind,
        model_id=fact.model_id,
        model=fact.model,
        engine=fact.engine,
        sweep=fact.sweep,
        state=state_after(None, event),
        attempt=0,
        runner_id=None,
        submitted_at=event.time,
        queued_at=None,
        started_at=None,
        ended_at=None,
        failure=None,
        device_s=None,
        latency_p50_s=None,
        visibility=Visibility.PRIVATE,
        project=fact.project,
        tags=fact.tags,
        deleted_at=None,
        sequence=event.sequence,
    )


TASK_LIST = ReadModel(__file__, ListedTask, Aggregate.TASK, fold, version=3)
