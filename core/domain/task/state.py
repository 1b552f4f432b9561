"""What a task is at a moment, and how each event changes it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.changed import changed
from core.domain import grouping as grouped
from core.domain import ownership
from core.domain.grouping import UNGROUPED, Grouping
from core.domain.ownership import OWNERS_ALONE, Custody
from core.events import grouping, task
from core.events.ids import RunnerId
from core.events.task import TaskEvent

MAX_LOSSES = 3
"""A task whose attempts were lost this often has failed: its model may take runners down with it."""


class Status(StrEnum):
    NEW = "new"
    SUBMITTED = "submitted"
    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    LOST = "lost"
    """The attempt was lost; what comes next is decided at once."""
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        return self in ENDED


ENDED = {Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.EXPIRED}
WAITING = {Status.SUBMITTED, Status.QUEUED, Status.LOST}
MOVING = {Status.SUBMITTED, Status.LOST}
"""What comes next nobody has to ask for: ``next_step`` says what it is."""
RUNNING = {Status.RUNNING, Status.CANCELLING}


@dataclass(frozen=True)
class TaskState:
    """``runners[i]`` held attempt ``i + 1``. ``queued_at`` is the time from which the queue limit counts."""

    status: Status = Status.NEW
    submitted: task.Submitted | None = None
    queued_at: datetime | None = None
    runners: tuple[RunnerId, ...] = ()
    losses: int = 0
    cancel_requested: bool = False
    analyser: int = 0
    """The newest analyser that has read the profile; 0 where there is none."""
    custody: Custody = OWNERS_ALONE
    grouping: Grouping = UNGROUPED

    @property
    def attempt(self) -> int:
        """Number of the last attempt begun, 0 if none."""
        return len(self.runners)


def evolve(state: TaskState, fact: TaskEvent, at: datetime) -> TaskState:
    match fact:
        case task.Submitted():
            kept = Grouping(fact.project, frozenset(fact.tags))
            return changed(state, status=Status.SUBMITTED, submitted=fact, grouping=kept)
        case task.Queued():
            return changed(state, status=Status.QUEUED, queued_at=at)
        case task.Started():
            return changed(state, status=Status.RUNNING, runners=(*state.runners, fact.runner_id))
        case task.CancelRequested():
            return changed(state, status=Status.CANCELLING, cancel_requested=True)
        case task.AttemptLost():
            counts = fact.reason is not task.LossReason.RUNNER_STOPPED
            return changed(state, status=Status.LOST, losses=state.losses + counts)
        case task.Completed():
            return changed(state, status=Status.COMPLETED, analyser=fact.analyser)
        case task.Inspected():
            return changed(state, status=Status.COMPLETED)
        case task.Failed() | task.Cancelled() | task.Expired():
            return changed(state, status=Status(fact.type))
        case task.Reanalysed():
            return changed(state, analyser=fact.analyser)
        case task.LateReportKept():
            return state
        case grouping.Filed() | grouping.Tagged():
            return changed(state, grouping=grouped.evolve(state.grouping, fact))
        case _:
            return changed(state, custody=ownership.evolve(state.custody, fact))
