"""What happens to the summary of a profile."""

from dataclasses import dataclass
from datetime import datetime

from core.changed import changed
from core.events import task
from core.events.envelope import Recorded
from core.events.ids import AccountId, Aggregate, TaskId
from core.events.task import TaskEvent
from core.events.values import Latency, Totals, TypeSum
from projections.read_model import OrphanEventError, ReadModel


@dataclass(frozen=True)
class Analysis:
    """What one analyser read out of the raw profiles."""

    analyser: int
    analysed_at: datetime
    totals: Totals
    by_type: tuple[TypeSum, ...]


@dataclass(frozen=True)
class ProfileSummary:
    """``analyser``, ``totals`` and ``by_type`` are of the newest analysis; ``earlier`` keeps those before it, oldest first.

    Times in seconds, ``peak_memory`` in bytes.
    """

    id: TaskId
    owner: AccountId
    attempt: int
    analyser: int
    analysed_at: datetime
    latency: Latency
    totals: Totals
    by_type: tuple[TypeSum, ...]
    peak_memory: int
    earlier: tuple[Analysis, ...]
    sequence: int


def fold(row: ProfileSummary | None, event: Recorded[TaskEvent]) -> ProfileSummary | None:
    if row is not None and event.sequence <= row.sequence:
        return row
    match event.data:
        case task.Completed() as fact:
            return _completed(event, fact)
        case task.Reanalysed() as fact:
            return _reanalysed(row, event, fact)
        case _:
            return row


def _completed(event: Recorded[TaskEvent], fact: task.Completed) -> ProfileSummary:
    return ProfileSummary(
        id=TaskId(event.key.id),
        owner=event.owner,
        attempt=fact.attempt,
        analyser=fact.analyser,
        analysed_at=event.time,
        latency=fact.latency,
        totals=fact.totals,
        by_type=fact.by_type,
        peak_memory=fact.peak_memory,
        earlier=(),
        sequence=event.sequence,
    )


def _reanalysed(row: ProfileSummary | None, event: Recorded[TaskEvent], fact: task.Reanalysed) -> ProfileSummary:
    if row is None:
        raise OrphanEventError(f"task {event.key.id} never completed, so there is nothing to analyse again")
    return changed(
        row,
        analyser=fact.analyser,
        analysed_at=event.time,
        totals=fact.totals,
        by_type=fact.by_type,
        earlier=(*row.earlier, Analysis(row.analyser, row.analysed_at, row.totals, row.by_type)),
        sequence=event.sequence,
    )


PROFILE_SUMMARY = ReadModel(
    __file__,
    ProfileSummary,
    Aggregate.TASK,
    fold,
    begins=task.Completed,
    concerns=(task.Completed, task.Reanalysed),
)
