"""The states of a task that people see."""

from enum import StrEnum
from typing import Final

from core.domain import task as domain
from core.events.envelope import Recorded
from core.events.task import TaskEvent


class State(StrEnum):
    SUBMITTED = "submitted"
    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        return domain.Status(self).ended


_BEFORE: Final[dict[State | None, domain.TaskState]] = {
    None: domain.TaskState(),
    **{state: domain.TaskState(status=domain.Status(state)) for state in State},
}
_SHOWN: Final = {domain.Status(state): state for state in State}


def state_after(before: State | None, event: Recorded[TaskEvent]) -> State:
    """The state that an event leads to, by the domain's own fold.

    That an attempt was lost is nothing to show: what comes next (another attempt, or the end of a cancel) is decided at once.
    """
    status = domain.evolve(_BEFORE[before], event.data, event.time).status
    if status is domain.Status.LOST:
        return State.CANCELLING if before is State.CANCELLING else State.QUEUED
    return _SHOWN[status]
