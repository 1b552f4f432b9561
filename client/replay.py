"""How a task was at any moment, and the fleet when an attempt began."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from client.http import Http, Params, at
from client.models import RecordedEvent
from client.resource import Resource

Moment = int | datetime
"""A place in the log, or a time with its zone."""


class TaskMoment(Resource):
    """``runners[i]`` held attempt ``i + 1``; ``status`` is ``new`` before the first event."""

    status: str
    attempt: int = 0
    runners: list[str] = []
    losses: int = 0
    cancel_requested: bool = False
    queued_at: datetime | None = None


class Change(Resource):
    field: str
    before: Any = None
    after: Any = None


class ReplayStep(Resource):
    """An event, the state after it, and what it made different."""

    event: RecordedEvent
    state: TaskMoment
    changes: list[Change] = []


class Replay(Resource):
    """The state at two moments, the difference, and the events between, oldest first. ``more``: events after the later one."""

    before: TaskMoment
    after: TaskMoment
    changes: list[Change] = []
    steps: list[ReplayStep] = []
    more: int = 0


class Choice(Resource):
    """Why a runner got the attempt."""

    attempt: int
    runner: str
    reason: str
    waiting: int
    beat_age_s: float
    sequence: int
    time: datetime


class FleetRunner(Resource):
    id: str
    platform: str
    pool: str = ""
    engines: list[dict[str, Any]] = []
    software: str = ""
    slots: int = 0
    running: int = 0
    present: bool = False
    drained: bool = False
    disabled: bool = False
    removed: bool = False
    usable: bool = False
    chosen: bool = False


class FleetThen(Resource):
    choice: Choice | None
    runners: list[FleetRunner] = []


class ReplayCalls:
    """Raise ProblemError for a run that one may not see."""

    http: Http

    async def replay(self, task_id: str, *, since: Moment | None = None, until: Moment | None = None) -> Replay:
        """What happened to a run after ``since`` (default: from before its first event) up to and including ``until`` (default: now)."""
        asked = {**_limit("since", since), **_limit("until", until)}
        return Replay.read(await self.http.get(at("tasks", task_id, "replay"), asked))

    async def fleet_then(self, task_id: str, attempt: int | None = None, *, sequence: int | None = None) -> FleetThen:
        """The runners right before an attempt began (default: the last), or right after a place in the log, and why the attempt was given to the one that got it."""
        told = {"attempt": attempt, "sequence": sequence}
        asked = {name: value for name, value in told.items() if value is not None}
        return FleetThen.read(await self.http.get(at("tasks", task_id, "fleet"), asked))


def _limit(end: str, moment: Moment | None) -> Params:
    if moment is None:
        return {}
    if isinstance(moment, int):
        return {f"{end}_sequence": moment}
    return {f"{end}_time": moment.isoformat()}
