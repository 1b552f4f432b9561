"""A task as its owner sees it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.grouping.resources import GroupingChange, ProjectRef, Tags
from api.tasks.device import AskedDevice
from core.events.failure import FailureKind
from core.events.ids import EngineVersion, Platform
from core.events.ownership import Visibility
from core.events.task import TaskKind
from core.events.values import Latency, ProfileOptions, Totals, TypeSum
from core.protocol.inputs import InputFormat, RandomInput, Reading
from core.protocol.orders import OutputName
from core.protocol.outputs import MOST_NAMES
from projections.task_detail.fold import Outcome
from projections.task_state import State


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("the name must be printable, on one line")
    return name


Device = Literal["x86", "cuda", "arm"]

Label = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_printable)
]
InputName = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)]


OutputNames = Annotated[list[OutputName], Field(max_length=MOST_NAMES)]


class AskedInputs(BaseModel):
    """What inputs are made of: files, arrays of archives, and data that are made up."""

    inputs: Annotated[dict[InputName, UUID], Field(max_length=64)] = {}
    """For each of the model's inputs, by its name, the id of an input of yours."""
    readings: Annotated[dict[InputName, Reading], Field(max_length=64)] = {}
    """For inputs that are not plain arrays: which array of an archive, how an image becomes numbers, which dtype."""
    archives: Annotated[list[UUID], Field(max_length=16)] = []
    """Ids of inputs that are `.npz` files: each of their arrays is the input of its name, unless `inputs` or `random` say otherwise."""
    random: Annotated[dict[InputName, RandomInput], Field(max_length=64)] = {}
    """Inputs that are made up: distribution, range and seed, in the shape and dtype that the model declares."""


class NewTask(AskedInputs):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "resnet18 at batch 1",
                    "model": "01990d5d-ac96-774b-bcce-b302099a8057",
                    "inputs": {"data": "01990d5e-0c1b-7a77-8d1e-55f0a1b2c3d4"},
                    "platform": "x86",
                    "engine": "1.13.0",
                    "options": {"iterations": 20, "warmup": 2},
                }
            ]
        },
    )

    name: Label | None = None
    model: UUID
    """Id of a model of yours."""
    dataset: UUID | None = None
    """Id of a dataset of yours; what stands here beside it goes before what it says of the same input."""
    platform: Device
    engine: EngineVersion
    options: ProfileOptions = ProfileOptions()
    output_names: OutputNames = []
    """Variables of the model that are to be its outputs instead of its own, as `--output-name` of load_network_and_run has it. With `output_dumps` or `output_rms` they are kept."""
    device: AskedDevice = AskedDevice()
    project: UUID | None = None
    """The project that it is to be in, one that you may see and that is not archived."""
    tags: Tags = []
    despite_losses: bool = False
    """Also where earlier tasks with this model lost their runners; for the model's owner and administrators to say."""


class ModelRef(BaseModel):
    """``name``: as it was when the task was submitted; None when the model's names were deleted."""

    id: UUID
    name: str | None
    sha256: str
    size: int | None


class InputRef(BaseModel):
    id: UUID
    name: str
    sha256: str
    size: int
    format: InputFormat = InputFormat.NPY
    dtype: str | None = None
    shape: list[int] | None = None


class InputData(BaseModel):
    """What a task's inputs are made of besides files, and which outputs were chosen."""

    readings: dict[str, Reading] = {}
    archives: list[InputRef] = []
    random: dict[str, RandomInput] = {}
    output_names: list[str] = []
    """Variables that were made the outputs."""


class AttemptResource(BaseModel):
    attempt: int
    runner_id: UUID
    runner_name: str
    engine_build: str
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None


class SummaryResource(BaseModel):
    """Times in seconds, memory in bytes."""

    latency: Latency
    totals: Totals
    by_type: tuple[TypeSum, ...]
    peak_memory: int


class FailureResource(BaseModel):
    """``title`` and ``hint`` explain the kind; ``message`` is what the engine or the runner said, in the single task only."""

    kind: FailureKind
    title: str
    message: str | None
    hint: str
    exit_code: int | None
    log_tail: list[str] | None = None


class ArtifactResource(BaseModel):
    name: str
    attempt: int
    sha256: str
    size: int
    url: str


class TaskResource(BaseModel):
    id: UUID
    kind: TaskKind
    name: str | None
    state: State
    url: str
    model: ModelRef
    inputs: dict[str, InputRef]
    data: InputData
    """How files are read, archives of inputs, and inputs that are made up."""
    platform: Platform
    engine: str
    options: ProfileOptions
    device: AskedDevice
    """Which device was asked for."""
    origin: UUID | None
    """The task that this one repeats, if any."""
    sweep: UUID | None
    """The sweep that it is a part of, if any."""
    project: ProjectRef | None
    """The project that it is in, if any that you may see."""
    tags: list[str]
    owner: UUID
    visibility: Visibility
    submitted_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    """Start of the last attempt."""
    ended_at: datetime | None
    attempt: int
    """Number of the last attempt, 0 when none has begun."""
    attempts: list[AttemptResource]
    phases: dict[str, float]
    """Seconds by phase of the attempt that ended the task."""
    summary: SummaryResource | None
    failure: FailureResource | None
    artifacts: list[ArtifactResource]
    sequence: int
    """Place in the log of the last event that this shows."""


class TaskChange(GroupingChange):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"visibility": "team"}, {"add_tags": ["nightly"]}]}
    )

    visibility: Visibility | None = None
    """`private`: for you and administrators; `team`: for everybody who has an account, to look at."""


class TaskPage(BaseModel):
    items: list[TaskResource]
    next_cursor: str | None
