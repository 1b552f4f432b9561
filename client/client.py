"""The SDK's front door: everything that the server does, as typed calls."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from client.account import Account
from client.administration import Administration
from client.again import AgainCalls
from client.connection import Connection, find_connection
from client.datasets import DatasetCalls
from client.events import EventCalls
from client.http import Http, Params, Patience, at
from client.inspections import Inspection
from client.jobs.calls import JobCalls
from client.live import LiveItem, Reconnect, follow
from client.models import (
    EnginePage,
    EventPage,
    Input,
    Model,
    ModelPage,
    RecordedEvent,
    RunnerPage,
    Task,
    TaskPage,
)
from client.options import OptionList
from client.projects import ProjectCalls
from client.replay import ReplayCalls
from client.results import ResultCalls
from client.sharing import SharingCalls
from client.sweeps import SweepCalls
from client.uploads import Watch, unwatched, upload_file
from client.webhooks import WebhookCalls

# The name under which an attempt leaves its log.
LOG = "log.txt"
# After a task's last event the read model needs a moment; far less than this.
SETTLES_WITHIN_S = 30.0


class Client(
    AgainCalls,
    DatasetCalls,
    EventCalls,
    JobCalls,
    ProjectCalls,
    ReplayCalls,
    ResultCalls,
    SharingCalls,
    SweepCalls,
    WebhookCalls,
):
    """One caller at one server; an async context manager.

    All methods raise ProblemError (`client.errors`) when the server says no, NoAnswerError when none answers.
    """

    def __init__(
        self,
        connection: Connection | str,
        api_key: str = "",
        *,
        patience: Patience | None = None,
        reconnect: Reconnect | None = None,
    ) -> None:
        """``connection``: the server's address will do, together with a key."""
        known = Connection(connection.rstrip("/"), api_key) if isinstance(connection, str) else connection
        self.http = Http(known, patience=patience)
        self.account = Account(self.http)
        self.administration = Administration(self.http)
        self._reconnect = reconnect

    @classmethod
    def find(cls, url: str | None = None, token: str | None = None, home: Path | None = None) -> Client:
        """A client of the server that arguments, environment or a stack's home name: see `find_connection`."""
        return cls(find_connection(url, token, home))

    async def __aenter__(self) -> Self:
        await self.http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.__aexit__(kind, error, trace)

    async def upload_model(self, path: Path, watch: Watch = unwatched) -> Model:
        """Bring a dumped graph to the server, or find it there. See `upload_file`."""
        return await self.model(await upload_file(self.http, "model", path, watch))

    async def upload_input(self, path: Path, watch: Watch = unwatched) -> Input:
        """Bring input data (.npy) to the server, or find it there. See `upload_file`."""
        return Input.read(await self.http.get(f"/inputs/{await upload_file(self.http, 'input', path, watch)}"))

    async def model(self, model_id: str) -> Model:
        return Model.read(await self.http.get(at("models", model_id)))

    async def inspection(self, model_id: str) -> Inspection:
        """What a model's inspection found: inputs, outputs, operators and their figures."""
        return Inspection.read(await self.http.get(at("models", model_id, "inspection")))

    async def inspect(self, model_id: str) -> Task:
        """Have a model inspected once more; uploaded models are, by themselves."""
        return Task.read(await self.http.post(at("models", model_id, "inspect")))

    def model_file(self, model_id: str, *, values: bool = True) -> AsyncIterator[bytes]:
        """A model's bytes as they were uploaded, in chunks; without the values of its tensors there is enough to draw it, and no more."""
        return self.http.chunks(at("models", model_id, "file"), None if values else {"values": "false"})

    async def models(self, filters: Params | None = None) -> ModelPage:
        """Newest first. Filters: whose (mine or anyone), project (also a list), tag, limit, cursor."""
        return ModelPage.read(await self.http.get("/models", filters))

    # Runs

    async def submit(  # noqa: PLR0913  (all but the model are named where it is called)
        self,
        model: Model | str,
        *,
        platform: str,
        engine: str,
        inputs: Mapping[str, Input | str] | None = None,
        data: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        name: str | None = None,
        despite_losses: bool = False,
    ) -> Task:
        """Ask for a run of an uploaded model.

        Args:
            model: the model or its id.
            platform: x86, cuda or arm.
            engine: a MegEngine version that a runner offers.
            inputs: uploaded data (or its id) for each input of the model, by the input's name.
            data: what else the inputs are made of. ``readings``: by input name, how a file is read that is no plain array (``key`` of
                an archive, ``dtype``, ``image``); ``archives``: ids of uploaded ``.npz`` files, each array of which is the input
                of its name; ``random``: by input name, what is made up (``distribution``, its two numbers, ``seed``);
                ``dataset``: the id of a dataset that holds the rest.
                ``output_names``: variables that are to be the outputs. ``project``: an id; ``tags``: words.
            options: by the names that GET /options lists, such as iterations or nchw88; the server's defaults else.
            name: what people shall call the run.
            despite_losses: although runners were lost with this model (``model_kills_runners``); its owner and administrators may say so.
        """
        body: dict[str, Any] = {
            "model": _id(model),
            "inputs": {input_name: _id(data) for input_name, data in (inputs or {}).items()},
            "platform": platform,
            "engine": engine,
            "options": dict(options or {}),
        }
        body |= data or {}
        if name is not None:
            body["name"] = name
        if despite_losses:
            body["despite_losses"] = True
        return Task.read(await self.http.post("/tasks", body))

    async def task(self, task_id: str) -> Task:
        return Task.read(await self.http.get(at("tasks", task_id)))

    async def tasks(self, filters: Params | None = None) -> TaskPage:
        """Runs, newest first. Filters: whose (mine or anyone), state, platform, engine, model, project (each also a list), tag, q, sort, limit, cursor, brief."""
        return TaskPage.read(await self.http.get("/tasks", filters))

    async def cancel(self, task_id: str) -> Task:
        return Task.read(await self.http.post(at("tasks", task_id, "cancel")))

    async def events(self, task_id: str) -> EventPage:
        return EventPage.read(await self.http.get(at("tasks", task_id, "events")))

    def follow(self, task_id: str, *, log: bool = False) -> AsyncIterator[LiveItem]:
        """What happens to a run, from its first event to its end, over breaks of the connection. See `client.live`."""
        return follow(self.http, task_id, log=log, reconnect=self._reconnect)

    async def wait(self, task_id: str, on: Callable[[LiveItem], None] | None = None, *, log: bool = False) -> Task:
        """Wait for a run's end; ``on`` is told everything that happens meanwhile. Gives the ended run, however it ended."""
        async for item in self.follow(task_id, log=log):
            if on is not None:
                on(item)
            if isinstance(item, RecordedEvent):
                # The next read waits until the read model has seen this.
                self.http.sequence = max(self.http.sequence, item.sequence)
        return await self._ended_task(task_id)

    async def _ended_task(self, task_id: str) -> Task:
        until = time.monotonic() + SETTLES_WITHIN_S
        while True:
            task = await self.task(task_id)
            if task.ended or time.monotonic() > until:
                return task
            await asyncio.sleep(0.2)

    async def log(self, task: Task) -> AsyncIterator[str]:
        """The lines of the log that an ended run left; none when it left no log."""
        artifact = task.artifact(LOG)
        if artifact is None:
            return
        async for line in self.http.lines(at("tasks", task.id, "artifacts", artifact.name)):
            yield line

    async def runners(self) -> RunnerPage:
        return RunnerPage.read(await self.http.get("/runners"))

    async def engines(self) -> EnginePage:
        return EnginePage.read(await self.http.get("/engines"))

    async def options(self, platform: str, engine: str) -> OptionList:
        """Every option of a measurement, and whether it works with this engine on this platform."""
        return OptionList.read(await self.http.get("/options", {"platform": platform, "engine": engine}))


def _id(resource: Model | Input | str) -> str:
    return resource if isinstance(resource, str) else resource.id
