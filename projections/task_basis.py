"""What a task's row in the list and its page have in common, and what happens to that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, assert_never

from core.changed import changed
from core.events import grouping, ownership, task
from core.events.envelope import Recorded
from core.events.ids import AccountId, ModelId, Platform, ProjectId, SweepId, TagId, TaskId
from core.events.ownership import Visibility
from core.events.task import TaskEvent, TaskKind
from projections.read_model import OrphanEventError
from projections.task_state import State, state_after


@dataclass(frozen=True, kw_only=True)
class TaskBasis:
    """``model``: the model's SHA-256. ``sweep``: the one that the task is a part of."""

    id: TaskId
    platform: Platform
    owner: AccountId
    kind: TaskKind
    model_id: ModelId
    model: str
    engine: str
    sweep: SweepId | None
    state: State
    submitted_at: datetime
    queued_at: datetime | None
    ended_at: datetime | None
    visibility: Visibility
    project: ProjectId | None
    tags: tuple[TagId, ...]
    deleted_at: datetime | None
    sequence: int


B = TypeVar("B", bound=TaskBasis)


def begun(event: Recorded[TaskEvent]) -> tuple[task.Submitted, Mapping[str, Any]]:
    """The first event's fact, and the fields of the basis. Raises OrphanEventError for any other event."""
    fact = event.data
    if not isinstance(fact, task.Submitted):
        raise OrphanEventError(f"task {event.key.id} was never submitted")
    basis = TaskBasis(
        id=TaskId(event.key.id),
        platform=event.key.platform,
        owner=event.owner,
        kind=fact.kind,
        model_id=fact.model_id,
        model=fact.model,
        engine=fact.engine,
        sweep=fact.sweep,
        state=state_after(None, event),
        submitted_at=event.time,
        queued_at=None,
        ended_at=None,
        visibility=Visibility.PRIVATE,
        project=fact.project,
        tags=fact.tags,
        deleted_at=None,
        sequence=event.sequence,
    )
    return fact, vars(basis)


def told(row: B, event: Recorded[TaskEvent]) -> B:
    """The row after an event that it has not seen, as far as the basis goes."""
    row = changed(row, state=state_after(row.state, event), sequence=event.sequence)
    fact, at = event.data, event.time
    match fact:
        case task.Queued():
            return changed(row, queued_at=at)
        case task.Completed() | task.Inspected() | task.Failed() | task.Cancelled() | task.Expired():
            return changed(row, ended_at=at)
        case ownership.VisibilityChanged():
            return changed(row, visibility=fact.visibility)
        case ownership.Deleted():
            return changed(row, deleted_at=at)
        case grouping.Filed():
            return changed(row, project=fact.project)
        case grouping.Tagged():
            return changed(row, tags=fact.tags)
        case (
            task.Submitted()
            | task.Started()
            | task.CancelRequested()
            | task.AttemptLost()
            | task.LateReportKept()
            | task.Reanalysed()
            | ownership.Shared()
            | ownership.ShareRevoked()
            | ownership.FilesDeleted()
        ):
            return row
        case _ as unreachable:
            assert_never(unreachable)
