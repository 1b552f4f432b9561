"""What can happen to a task. ``submitted → queued → started → completed | inspected | failed | cancelled | expired``."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.events.failure import FailureKind
from core.events.grouping import Filed, Tagged, TagIds
from core.events.ids import EngineVersion, LabelId, ModelId, ProjectId, RunnerId, Sha256, SweepId, TaskId
from core.events.ownership import Deleted, FilesDeleted, Shared, ShareRevoked, VisibilityChanged
from core.events.runner import Pool
from core.events.values import (
    Artifact,
    Computation,
    Count,
    Frozen,
    Label,
    Latency,
    ProfileOptions,
    Seconds,
    Totals,
    TypeSum,
)


class TaskKind(StrEnum):
    PROFILE = "profile"
    INSPECT = "inspect"


class Submitted(Frozen):
    """Somebody asked for a run. ``request`` is the digest of the request document, which holds the names of inputs."""

    version: ClassVar[int] = 1
    type: Literal["submitted"] = "submitted"
    kind: TaskKind
    model_id: ModelId
    model: Sha256
    inputs: tuple[Sha256, ...]
    request: Sha256
    engine: EngineVersion
    options: ProfileOptions
    runner: RunnerId | None = None
    """The exact runner that was asked for, if any."""
    labels: Annotated[tuple[LabelId, ...], Field(max_length=32)] = ()
    """What the runner has to have, all of it; sorted."""
    pool: Pool | None = None
    """Only runners of this pool, if any was asked for."""
    origin: TaskId | None = None
    """The task that this one repeats, if any."""
    sweep: SweepId | None = None
    """The sweep that this task is a part of, if any."""
    project: ProjectId | None = None
    tags: TagIds = ()


class QueueReason(StrEnum):
    SUBMITTED = "submitted"
    ATTEMPT_LOST = "attempt_lost"


class Queued(Frozen):
    """The task waits for a runner, for its attempt number ``attempt``."""

    version: ClassVar[int] = 1
    type: Literal["queued"] = "queued"
    attempt: Count
    reason: QueueReason


class ChoiceReason(StrEnum):
    """Why this task was the one that the runner got."""

    INSPECTION_FIRST = "inspection_first"
    FAIR_SHARE = "fair_share"
    OLDEST = "oldest"
    ONLY = "only"


class Started(Frozen):
    """A runner was given the task. ``lease_s`` and ``beat_age_s`` in seconds."""

    version: ClassVar[int] = 1
    type: Literal["started"] = "started"
    attempt: Count
    runner_id: RunnerId
    engine_build: Label
    lease_s: Seconds
    reason: ChoiceReason
    waiting: Count
    """Tasks that the runner could have taken at that moment, this one included."""
    beat_age_s: Seconds


class Completed(Frozen):
    """The attempt measured the model. Operators themselves stand in the analysed artifact."""

    version: ClassVar[int] = 1
    type: Literal["completed"] = "completed"
    attempt: Count
    analyser: Count
    latency: Latency
    totals: Totals
    by_type: tuple[TypeSum, ...]
    phases: dict[Label, Seconds]
    """Seconds by phase."""
    peak_memory: Count
    """Peak resident bytes of the engine process."""
    warm: bool = False
    """Whether the engine was up before the attempt began."""
    artifacts: tuple[Artifact, ...]


class Inspected(Frozen):
    """The attempt looked at the model without running it. Names and operators stand in the ``inspection.json`` artifact."""

    version: ClassVar[int] = 1
    type: Literal["inspected"] = "inspected"
    attempt: Count
    inputs: Count
    outputs: Count
    operators: Count
    parameters: Count
    """Numbers in all parameters together."""
    parameter_bytes: Count
    computation: Computation
    """Floating point operations of one run at the batch size that the artifact names."""
    activations: Count
    """Numbers in all operators' outputs together."""
    activation_bytes: Count
    phases: dict[Label, Seconds]
    """Seconds by phase."""
    peak_memory: Count
    """Peak resident bytes of the engine process."""
    warm: bool = False
    """Whether the engine was up before the attempt began."""
    artifacts: tuple[Artifact, ...]


class Failed(Frozen):
    """The task ended without a result. Engine text stands in the ``failure.json`` artifact."""

    version: ClassVar[int] = 1
    type: Literal["failed"] = "failed"
    attempt: Count
    kind: FailureKind
    exit_code: Annotated[int, Field(ge=0, le=255)] | None = None
    phases: dict[Label, Seconds] = {}
    artifacts: tuple[Artifact, ...] = ()


class CancelRequested(Frozen):
    """Somebody wants the running attempt stopped."""

    version: ClassVar[int] = 1
    type: Literal["cancel_requested"] = "cancel_requested"


class Cancelled(Frozen):
    """The task was given up on request; ``attempt`` is the last one begun, 0 if none."""

    version: ClassVar[int] = 1
    type: Literal["cancelled"] = "cancelled"
    attempt: Count
    artifacts: tuple[Artifact, ...] = ()


class Expired(Frozen):
    """The task waited longer than its queue limit."""

    version: ClassVar[int] = 1
    type: Literal["expired"] = "expired"
    waited_s: Seconds


class LossReason(StrEnum):
    LEASE_ENDED = "lease_ended"
    ABANDONED = "abandoned"
    """The runner itself said that it restarted and gave the attempt up."""
    RUNNER_STOPPED = "runner_stopped"
    """Somebody stopped, disabled or removed the runner; the task is not to blame, and the loss does not count."""


class AttemptLost(Frozen):
    """The runner that held the attempt is gone; the attempt will never complete the task."""

    version: ClassVar[int] = 1
    type: Literal["attempt_lost"] = "attempt_lost"
    attempt: Count
    runner_id: RunnerId
    reason: LossReason


class LateReportKept(Frozen):
    """A report of an old attempt came after all; its files are kept, the task's state does not change."""

    version: ClassVar[int] = 1
    type: Literal["late_report_kept"] = "late_report_kept"
    attempt: Count
    runner_id: RunnerId
    artifacts: tuple[Artifact, ...] = ()


class Reanalysed(Frozen):
    """A newer analyser read the old raw profiles; the old result stays."""

    version: ClassVar[int] = 1
    type: Literal["reanalysed"] = "reanalysed"
    attempt: Count
    analyser: Count
    totals: Totals
    by_type: tuple[TypeSum, ...]
    artifacts: tuple[Artifact, ...]


TaskEvent = Annotated[
    Submitted
    | Queued
    | Started
    | Completed
    | Inspected
    | Failed
    | CancelRequested
    | Cancelled
    | Expired
    | AttemptLost
    | LateReportKept
    | Reanalysed
    | VisibilityChanged
    | Shared
    | ShareRevoked
    | Filed
    | Tagged
    | FilesDeleted
    | Deleted,
    Field(discriminator="type"),
]
