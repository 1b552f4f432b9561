"""What happens to a task's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from core.changed import changed
from core.events import ownership, task
from core.events.envelope import Recorded
from core.events.failure import FailureKind
from core.events.ids import Aggregate, RunnerId, TaskId
from core.events.task import TaskEvent
from core.events.values import Artifact, ProfileOptions
from projections.read_model import ReadModel
from projections.task_basis import TaskBasis, begun, told


class Outcome(StrEnum):
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True)
class Attempt:
    """``outcome`` and ``ended_at`` are None while it runs. ``phases``: seconds by phase, known at the end. ``peak_memory`` in bytes.

    ``late_report``: the attempt was lost, and its report came after all.
    """

    attempt: int
    runner_id: RunnerId
    engine_build: str
    reason: task.ChoiceReason
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    phases: dict[str, float] | None = None
    peak_memory: int | None = None
    late_report: bool = False


@dataclass(frozen=True)
class KeptArtifact:
    """A file in the object store, at ``artifacts/<task>/<attempt>-<name>``. ``size`` in bytes."""

    attempt: int
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Failure:
    kind: FailureKind
    attempt: int
    exit_code: int | None


@dataclass(frozen=True, kw_only=True)
class TaskDetail(TaskBasis):
    """A task's page.

    ``inputs`` and ``request`` are SHA-256 digests; ``runner`` is the exact one that was asked for, ``origin`` the task that
    this one repeats. ``attempts`` stand in order, ``artifacts`` are of all attempts. ``waited_s``: how long an expired task had waited.
    """

    inputs: tuple[str, ...]
    request: str
    options: ProfileOptions
    runner: RunnerId | None
    origin: TaskId | None
    correlation_id: UUID
    attempts: tuple[Attempt, ...]
    artifacts: tuple[KeptArtifact, ...]
    failure: Failure | None
    waited_s: float | None
    files_deleted_at: datetime | None

    @property
    def attempt(self) -> int:
        """Number of the last attempt begun, 0 if none."""
        return len(self.attempts)

    @property
    def started_at(self) -> datetime | None:
        """When the last attempt began; None while the task waits for its next one."""
        if not self.attempts or (self.queued_at is not None and self.queued_at > self.attempts[-1].started_at):
            return None
        return self.attempts[-1].started_at

    @property
    def phases(self) -> dict[str, float]:
        """Seconds by phase of the last attempt; empty until it ended."""
        return (self.attempts[-1].phases or {}) if self.attempts else {}

    def artifact(self, name: str) -> KeptArtifact | None:
        """The file of that name that the last attempt left; an earlier one's only when there is no other."""
        return max((kept for kept in self.artifacts if kept.name == name), key=lambda kept: kept.attempt, default=None)


def fold(row: TaskDetail | None, event: Recorded[TaskEvent]) -> TaskDetail:
    if row is None:
        return _first(event)
    if event.sequence <= row.sequence:
        return row
    return _own(told(row, event), event.data, event.time)


def _own(row: TaskDetail, fact: TaskEvent, at: datetime) -> TaskDetail:
    match fact:
        case task.Started():
            return changed(row, attempts=(*row.attempts, _begun(fact, at)))
        case task.AttemptLost():
            return _end_attempt(row, Outcome.LOST, at)
        case task.LateReportKept():
            return _keep(_late(row, fact.attempt), fact.attempt, fact.artifacts)
        case task.Reanalysed():
            return _keep(row, fact.attempt, fact.artifacts)
        case task.Completed() | task.Inspected() | task.Failed() | task.Cancelled() | task.Expired():
            return _ended(row, fact, at)
        case ownership.FilesDeleted():
            return changed(row, artifacts=(), files_deleted_at=at)
        case ownership.Deleted():
            return changed(row, artifacts=(), files_deleted_at=row.files_deleted_at or at)
        case _:  # the basis knows them all
            return row


def _ended(
    row: TaskDetail,
    fact: task.Completed | task.Inspected | task.Failed | task.Cancelled | task.Expired,
    at: datetime,
) -> TaskDetail:
    match fact:
        case task.Completed() | task.Inspected():
            row = _end_attempt(row, Outcome.COMPLETED, at, phases=fact.phases, peak_memory=fact.peak_memory)
        case task.Failed():
            row = changed(row, failure=Failure(fact.kind, fact.attempt, fact.exit_code))
            row = _end_attempt(row, Outcome.FAILED, at, phases=fact.phases)
        case task.Cancelled():
            row = _end_attempt(row, Outcome.CANCELLED, at)
        case task.Expired():
            return changed(row, waited_s=fact.waited_s)
        case _ as unreachable:
            assert_never(unreachable)
    return _keep(row, fact.attempt, fact.artifacts)


def _begun(fact: task.Started, at: datetime) -> Attempt:
    return Attempt(fact.attempt, fact.runner_id, fact.engine_build, fact.reason, started_at=at)


def _end_attempt(
    row: TaskDetail,
    outcome: Outcome,
    at: datetime,
    *,
    phases: dict[str, float] | None = None,
    peak_memory: int | None = None,
) -> TaskDetail:
    """End the attempt that runs. A task that ends while it waits has none, and keeps what its lost attempts were."""
    if not row.attempts or row.attempts[-1].outcome is not None:
        return row
    ended = changed(row.attempts[-1], ended_at=at, outcome=outcome, phases=phases, peak_memory=peak_memory)
    return changed(row, attempts=(*row.attempts[:-1], ended))


def _late(row: TaskDetail, number: int) -> TaskDetail:
    return changed(
        row, attempts=tuple(changed(one, late_report=True) if one.attempt == number else one for one in row.attempts)
    )


def _keep(row: TaskDetail, attempt: int, artifacts: Iterable[Artifact]) -> TaskDetail:
    """Add files; one of the same name and attempt takes the old one's place, as it did in the object store.

    Of a task whose files were given up nothing is kept: what comes late goes the same way.
    """
    if row.files_deleted_at is not None:
        return row
    kept = {(one.attempt, one.name): one for one in row.artifacts}
    kept |= {(attempt, new.name): KeptArtifact(attempt, new.name, new.sha256, new.size) for new in artifacts}
    return changed(row, artifacts=tuple(kept.values()))


def _first(event: Recorded[TaskEvent]) -> TaskDetail:
    fact, basis = begun(event)
    return TaskDetail(
        **basis,
        inputs=fact.inputs,
        request=fact.request,
        options=fact.options,
        runner=fact.runner,
        origin=fact.origin,
        correlation_id=event.correlation_id,
        attempts=(),
        artifacts=(),
        failure=None,
        waited_s=None,
        files_deleted_at=None,
    )


TASK_DETAIL = ReadModel(__file__, TaskDetail, Aggregate.TASK, fold, begins=task.Submitted, version=3)
