"""A sweep as its owner sees it."""

from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.grouping.resources import Tags
from api.tasks.device import AskedDevice
from api.tasks.resources import AskedInputs, Device, Label, ModelRef, NewTask, OutputNames
from core.domain.told import Told
from core.events.ids import EngineVersion, Platform
from core.events.ownership import Visibility
from core.events.values import ProfileOptions
from projections.task_state import State

MOST_TASKS = 100

Value = str | int | float | bool | None


class NewSweep(AskedInputs):
    """Every platform with every engine and every option set: at most 100 tasks, none twice."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "resnet18 by batch size",
                    "model": "01990d5d-ac96-774b-bcce-b302099a8057",
                    "inputs": {"data": "01990d5e-0c1b-7a77-8d1e-55f0a1b2c3d4"},
                    "platforms": ["x86"],
                    "engines": ["1.13.0"],
                    "options": [{"batch_size": 1}, {"batch_size": 4}],
                }
            ]
        },
    )

    name: Label | None = None
    model: UUID
    """Id of a model of yours."""
    dataset: UUID | None = None
    """Id of a dataset of yours, as in a task."""
    platforms: Annotated[list[Device], Field(min_length=1, max_length=3)]
    engines: Annotated[list[EngineVersion], Field(min_length=1, max_length=20)]
    options: Annotated[list[ProfileOptions], Field(min_length=1, max_length=MOST_TASKS)] = [ProfileOptions()]
    output_names: OutputNames = []
    """As in a task."""
    device: AskedDevice = AskedDevice()
    """Which devices, as in a task."""
    project: UUID | None = None
    """The project that its tasks are to be in."""
    tags: Tags = []
    """Of each of its tasks."""
    despite_losses: bool = False
    """As of a task."""

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        for axis in (self.platforms, self.engines, self.options):
            if any(one in axis[:at] for at, one in enumerate(axis)):
                raise ValueError("a platform, engine or option set stands there twice")
        count = len(self.platforms) * len(self.engines) * len(self.options)
        if count > MOST_TASKS:
            raise ValueError(Told("this makes {count} tasks; a sweep has at most {most}", count=count, most=MOST_TASKS))
        return self

    def tasks(self) -> list[NewTask]:
        """One for each combination, platforms slowest and option sets fastest."""
        told = {name: getattr(self, name) for name in AskedInputs.model_fields}
        return [
            NewTask(
                model=self.model,
                dataset=self.dataset,
                platform=platform,
                engine=engine,
                options=options,
                output_names=self.output_names,
                device=self.device,
                project=self.project,
                tags=self.tags,
                despite_losses=self.despite_losses,
                **told,
            )
            for platform, engine, options in product(self.platforms, self.engines, self.options)
        ]


class Metric(StrEnum):
    """What cells are judged by: seconds and bytes, the less the better; ``throughput`` the more the better."""

    LATENCY_P50 = "latency_p50"
    LATENCY_MIN = "latency_min"
    THROUGHPUT = "throughput"
    DEVICE_S = "device_s"
    PEAK_MEMORY = "peak_memory"


class Axis(BaseModel):
    """What differs between the tasks: ``platform``, ``engine``, or an option by its name; ``values`` in the order in which they were given."""

    name: str
    values: list[Value]


class Cell(BaseModel):
    """One task. ``at``: its value on each axis. ``state`` is null when the task was deleted. Seconds and bytes; null before the task has completed.

    ``throughput``: ``batch`` / ``latency_p50``, items a second. ``batch``: the batch size that was chosen, else the first dimension of the first array that was given, else 1.
    """

    task_id: UUID
    at: dict[str, Value]
    state: State | None
    latency_p50: float | None = None
    latency_min: float | None = None
    throughput: float | None = None
    device_s: float | None = None
    peak_memory: int | None = None
    batch: int


class Best(BaseModel):
    """``task_id`` is null as long as no cell qualifies."""

    metric: Metric
    latency_limit_s: float | None
    task_id: UUID | None


class SweepChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"visibility": "team"}]})

    visibility: Visibility | None = None
    """Of all its tasks."""


class SweepSummary(BaseModel):
    """``states``: how many of its tasks are in which state. ``visibility``: ``team`` when all its tasks are shown to the team.

    Of others' sweeps one sees the tasks that one may see.
    """

    id: UUID
    name: str | None
    url: str
    model: ModelRef
    created_at: datetime
    owner: UUID
    visibility: Visibility
    tasks: int
    states: dict[State, int]


class SweepResource(SweepSummary):
    axes: list[Axis]
    cells: list[Cell]
    best: Best


class SweepPage(BaseModel):
    items: list[SweepSummary]
    next_cursor: str | None


class Point(BaseModel):
    """A task of a sweep, as it was laid down before it was submitted."""

    task_id: UUID
    platform: Platform
    engine: EngineVersion
    options: ProfileOptions
