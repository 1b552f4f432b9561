"""The server's resources, typed. Unknown fields are kept and ignored, so that an older client reads a newer server."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from client.groups import ProjectRef
from client.profiles import Summary
from client.resource import Resource

ENDED = frozenset({"completed", "failed", "cancelled", "expired"})
# The events that lead there: an inspection that went well is "inspected", and completed.
ENDING_EVENTS = ENDED | {"inspected"}
# Kinds of failure that the people who run the server have to look at; all others are the user's to change.
SERVERS_MOVE = frozenset({"runner_lost", "storage_unavailable", "internal"})


class Upload(Resource):
    """``part_size`` in bytes; parts are numbered from 1."""

    id: str
    state: str
    sha256: str
    part_size: int
    parts_total: int
    parts_done: list[int] = []
    resource_id: str | None = None


class Figures(Resource):
    """What a model's inspection counted."""

    task_id: str
    engine: str = ""
    at: datetime | None = None
    operators: int = 0
    parameters: int = 0
    computation: float = 0.0


class InspectionTask(Resource):
    """The last task that was to inspect a model. ``failure`` is its kind."""

    task_id: str
    state: str = ""
    failure: str | None = None


class LoadedBy(Resource):
    platform: str
    engine: str


class Model(Resource):
    """``size`` in bytes. Name and size are None in a run whose model was deleted.

    ``inspected`` is None until an inspection has ended well; ``loaded_by`` names the engines that have loaded the model.
    """

    id: str
    name: str | None = None
    size: int | None = None
    sha256: str = ""
    uploaded_at: datetime | None = None
    inspected: Figures | None = None
    inspection: InspectionTask | None = None
    loaded_by: list[LoadedBy] = []
    project: ProjectRef | None = None
    tags: list[str] = []


class Input(Resource):
    id: str
    name: str | None = None
    size: int | None = None
    sha256: str = ""
    uploaded_at: datetime | None = None
    format: str = "npy"
    dtype: str | None = None
    shape: list[int] | None = None


class Attempt(Resource):
    attempt: int
    runner_id: str = ""
    runner_name: str | None = None
    engine_build: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None


class Failure(Resource):
    """Why a task failed, in plain words."""

    kind: str
    title: str = ""
    message: str | None = None
    hint: str | None = None
    exit_code: int | None = None
    log_tail: list[str] | None = None

    @property
    def callers_move(self) -> bool:
        """Whether the caller can do something about it, or the people who run the server."""
        return self.kind not in SERVERS_MOVE


class Artifact(Resource):
    name: str
    size: int = 0
    sha256: str = ""
    url: str = ""


class Task(Resource):
    """A run. ``url``: of this resource. Durations (``phases``) in seconds."""

    id: str
    state: str
    kind: str = "profile"
    name: str | None = None
    url: str = ""
    model: Model | None = None
    inputs: dict[str, Input] = {}
    platform: str = ""
    engine: str = ""
    options: dict[str, Any] = {}
    project: ProjectRef | None = None
    tags: list[str] = []
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    attempt: int = 0
    attempts: list[Attempt] = []
    phases: dict[str, float] = {}
    summary: Summary | None = None
    failure: Failure | None = None
    artifacts: list[Artifact] = []
    sequence: int = 0

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def page(self) -> str:
        """Where people look at the run."""
        return self.url.replace("/api/v1/tasks/", "/runs/")

    @property
    def title(self) -> str:
        """What people call the run: its name, else its model's."""
        return self.name or (self.model.name if self.model else None) or self.id

    def artifact(self, name: str) -> Artifact | None:
        """The artifact of this name, if the run left one."""
        return next((artifact for artifact in self.artifacts if artifact.name == name), None)


class RecordedEvent(Resource):
    """Something that happened, as the log keeps it."""

    id: str
    type: str
    sequence: int
    time: datetime | None = None
    attempt: int | None = None
    subject: str = ""
    actor: str | None = None
    data: dict[str, Any] = {}

    @property
    def thing(self) -> str:
        """The id of what it happened to."""
        return self.subject.rpartition(".")[2]

    @property
    def short_type(self) -> str:
        """``completed``, also when the server writes ``mgeprof.task.completed.v1`` or the like."""
        words = self.type.split(".")
        return next((word for word in reversed(words) if not (word[:1] == "v" and word[1:].isdigit())), self.type)


class DevicePeaks(Resource):
    """The best that an engine was seen to reach on a device: float32 operations and bytes, each per second."""

    flops: float
    bandwidth: float


class EngineOffer(Resource):
    version: str
    driver: str = ""
    build: str | None = None
    peaks: DevicePeaks | None = None


class Runner(Resource):
    id: str
    name: str | None = None
    platform: str = ""
    engines: list[EngineOffer] = []
    slots: int = 0
    running: int = 0
    state: str = ""
    drained: bool = False
    disabled: bool = False
    pool: str = ""
    labels: list[str] = []
    cpu: str | None = None
    gpus: list[str] = []


class Engine(Resource):
    """An engine version on a platform; ``runners`` is how many offer it, ``present`` how many of them are there now. ``waiting``: runs of everybody that wait for it."""

    platform: str
    version: str
    runners: int = 0
    present: int = 0
    waiting: int = 0


class Dataset(Resource):
    """A named set of inputs. ``inputs`` and ``archives`` are ids."""

    id: str
    name: str
    inputs: dict[str, str] = {}
    readings: dict[str, Any] = {}
    archives: list[str] = []
    random: dict[str, dict[str, Any]] = {}
    created_at: datetime | None = None


class DatasetList(Resource):
    items: list[Dataset] = []


class TaskPage(Resource):
    """A part of the list of tasks. ``next_cursor`` asks for the following one."""

    items: list[Task] = []
    next_cursor: str | None = None


class EventPage(Resource):
    items: list[RecordedEvent] = []


class ModelPage(Resource):
    items: list[Model] = []
    next_cursor: str | None = None


class RunnerPage(Resource):
    items: list[Runner] = []


class EnginePage(Resource):
    items: list[Engine] = []
