"""Sweeps: one submission over platforms, engines and option sets, and the matrix of what its tasks measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from client.http import Http, Params, at
from client.models import ENDED
from client.resource import Resource


class SweepAxis(Resource):
    """What differs between the tasks: platform, engine, or an option."""

    name: str
    values: list[Any] = []


class SweepCell(Resource):
    """One task: where it stands on each axis, and what it measured. Seconds, bytes, items a second."""

    task_id: str
    at: dict[str, Any] = {}
    state: str | None = None
    latency_p50: float | None = None
    latency_min: float | None = None
    throughput: float | None = None
    device_s: float | None = None
    peak_memory: int | None = None
    batch: int = 1

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state is None or self.state in ENDED


class SweepBest(Resource):
    """The best cell by a metric, None as long as none qualifies."""

    metric: str = ""
    latency_limit_s: float | None = None
    task_id: str | None = None


class Sweep(Resource):
    """``states``: how many tasks are in which. Lists hold no ``axes``, ``cells`` and ``best``."""

    id: str
    name: str | None = None
    url: str = ""
    created_at: datetime | None = None
    tasks: int = 0
    states: dict[str, int] = {}
    axes: list[SweepAxis] = []
    cells: list[SweepCell] = []
    best: SweepBest = SweepBest()

    @property
    def ended(self) -> bool:
        return all(cell.ended for cell in self.cells)


class SweepPage(Resource):
    items: list[Sweep] = []
    next_cursor: str | None = None


class SweepCalls:
    """The client's calls that are about sweeps."""

    http: Http

    async def submit_sweep(
        self,
        model: str,
        *,
        platforms: Sequence[str],
        engines: Sequence[str],
        options: Sequence[Mapping[str, Any]],
        data: Mapping[str, Any] | None = None,
        name: str | None = None,
        despite_losses: bool = False,
    ) -> Sweep:
        """Ask for a run on every platform with every engine and every option set: all of them, or none.

        ``model``: its id. ``options``: one set for each run, by the names that GET /options lists. ``data``: what the inputs are made of: ``inputs`` (ids by
        the input's name) and what ``Client.submit`` takes as ``data``; ``device``, too. ``despite_losses``: as of ``Client.submit``.
        """
        body = {**(data or {}), "model": model, "platforms": list(platforms), "engines": list(engines)}
        body["options"] = [dict(one) for one in options]
        if name is not None:
            body["name"] = name
        if despite_losses:
            body["despite_losses"] = True
        return Sweep.read(await self.http.post("/sweeps", body))

    async def sweep(self, sweep_id: str, filters: Params | None = None) -> Sweep:
        """A sweep's matrix. Filters: metric, latency_limit_s choose what the best cell is."""
        return Sweep.read(await self.http.get(at("sweeps", sweep_id), filters))

    async def sweeps(self, filters: Params | None = None) -> SweepPage:
        """Newest first. Filters: whose (mine or anyone), limit, cursor."""
        return SweepPage.read(await self.http.get("/sweeps", filters))

    async def cancel_sweep(self, sweep_id: str) -> Sweep:
        """Give up every run of a sweep that has not ended."""
        return Sweep.read(await self.http.post(at("sweeps", sweep_id, "cancel")))
