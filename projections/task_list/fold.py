"""What happens to a task's row in the list."""

from dataclasses import dataclass
from datetime import datetime

from core.changed import changed
from core.events import task
from core.events.envelope import Recorded
from core.events.failure import FailureKind
from core.events.ids import Aggregate, RunnerId
from core.events.task import TaskEvent
from projections.read_model import ReadModel
from projections.task_basis import TaskBasis, begun, told


@dataclass(frozen=True, kw_only=True)
class ListedTask(TaskBasis):
    """A line of the list.

    ``attempt``: number of the last attempt begun, 0 if none. ``runner_id`` and ``started_at`` belong to that attempt and are gone
    while the task waits for the next one. ``device_s`` and ``latency_p50_s`` in seconds.
    """

    attempt: int
    runner_id: RunnerId | None
    started_at: datetime | None
    failure: FailureKind | None
    device_s: float | None
    latency_p50_s: float | None


def fold(row: ListedTask | None, event: Recorded[TaskEvent]) -> ListedTask:
    if row is None:
        return _first(event)
    if event.sequence <= row.sequence:
        return row
    row, fact = told(row, event), event.data
    match fact:
        case task.Queued():
            return changed(row, started_at=None, runner_id=None)
        case task.Started():
            return changed(row, attempt=fact.attempt, runner_id=fact.runner_id, started_at=event.time)
        case task.Completed():
            return changed(row, device_s=fact.totals.device_s, latency_p50_s=fact.latency.p50)
        case task.Failed():
            return changed(row, failure=fact.kind)
        case task.Reanalysed():
            return changed(row, device_s=fact.totals.device_s)
        case _:  # the basis knows them all
            return row


def _first(event: Recorded[TaskEvent]) -> ListedTask:
    _, basis = begun(event)
    return ListedTask(
        **basis, attempt=0, runner_id=None, started_at=None, failure=None, device_s=None, latency_p50_s=None
    )


TASK_LIST = ReadModel(__file__, ListedTask, Aggregate.TASK, fold, begins=task.Submitted, version=3)
