"""What comes after a submission: why a run waits, running it again, and deleting what is not needed any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from client.http import Http, at
from client.models import Task
from client.resource import Resource


class Candidate(Resource):
    """A device of the run's platform; ``verdict`` is what keeps it from taking the run now."""

    runner: str
    name: str = ""
    verdict: str = ""
    running: int = 0
    slots: int = 0


class Waiting(Resource):
    """``position``: about which place the run has, from 1; None when it does not wait. ``help``: what to do."""

    reason: str
    help: str = ""
    position: int | None = None
    ahead: int = 0
    own_ahead: int = 0
    runners: list[Candidate] = []


class AgainCalls:
    """The client's calls about runs that were submitted."""

    http: Http

    async def waiting(self, task_id: str) -> Waiting:
        """Why a run waits: its place, and what the devices do that could take it."""
        return Waiting.read(await self.http.get(at("tasks", task_id, "waiting")))

    async def retry(self, task_id: str, changes: Mapping[str, Any] | None = None) -> Task:
        """Run it again, as a new run. ``changes``: name, platform, engine, options (only those that change), device, despite_losses."""
        return Task.read(await self.http.post(at("tasks", task_id, "retry"), dict(changes or {})))

    async def delete_task(self, task_id: str) -> None:
        """A run that has ended, with its name, its links, its profile and its files."""
        await self.http.delete(at("tasks", task_id))

    async def delete_files(self, task_id: str) -> None:
        """The files of a run that has ended, its profile among them; its totals and its history stay."""
        await self.http.delete(at("tasks", task_id, "artifacts"))

    async def delete_model(self, model_id: str) -> None:
        """A model and what was found in it; runs that it was measured in stay, without its name."""
        await self.http.delete(at("models", model_id))

    async def delete_input(self, input_id: str) -> None:
        """An input that no dataset holds."""
        await self.http.delete(at("inputs", input_id))
