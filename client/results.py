"""The client's calls about what runs left: profiles and what belongs to them, outputs, comparisons, files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from client.bundle import CheckedBundle, Held, write_bundle
from client.environment import Environment
from client.errors import NoOutputsError, ProblemError
from client.graph import RunGraph
from client.http import Http, Params, at
from client.memory import Memory
from client.outputs import OutputComparison, Outputs
from client.profiles import AnalysisList, Comparison, OutdatedPage, Profile
from client.timeline import Timeline


class ResultCalls:
    """All of them raise ProblemError for a run that has no such result, or none yet."""

    http: Http

    async def profile(self, task_id: str, filters: Params | None = None) -> Profile:
        """The analysed profile of a completed run.

        Filters: top, sort, type (also a list), name, regex, input_dtype, side, until, min_s, max_s; group_by and aggregate
        ask for groups, too.
        """
        return Profile.read(await self.http.get(at("tasks", task_id, "profile"), filters))

    async def analyses(self, task_id: str) -> AnalysisList:
        """The totals that each analyser has found in a completed run's raw profiles."""
        return AnalysisList.read(await self.http.get(at("tasks", task_id, "analyses")))

    async def reanalyse(self, task_id: str) -> AnalysisList:
        """Have the server's analyser read the raw profiles again, and keep what it finds; the old result stays."""
        return AnalysisList.read(await self.http.post(at("tasks", task_id, "analyses")))

    async def outdated(self, filters: Params | None = None) -> OutdatedPage:
        """Runs that a newer analyser has not read for good yet, the oldest first. Filters: whose (mine, or anyone for administrators), limit, cursor."""
        return OutdatedPage.read(await self.http.get("/analyses/outdated", filters))

    async def timeline(self, task_id: str) -> Timeline:
        """When each operator ran in one profiled pass, by computing node and host thread."""
        return Timeline.read(await self.http.get(at("tasks", task_id, "profile", "timeline")))

    async def memory(self, task_id: str) -> Memory:
        """Memory over the course of a completed run, and what is alive at its peak."""
        return Memory.read(await self.http.get(at("tasks", task_id, "profile", "memory")))

    async def graph(self, task_id: str) -> RunGraph:
        """The graph that a completed run really had, mapped to the model's own."""
        return RunGraph.read(await self.http.get(at("tasks", task_id, "graph")))

    async def environment(self, task_id: str) -> Environment:
        """What a run's last attempt ran on and with, and the same run by hand."""
        return Environment.read(await self.http.get(at("tasks", task_id, "environment")))

    async def outputs(self, task_id: str) -> Outputs:
        """The outputs that a run with ``output_dumps`` or ``output_rms`` kept. Raises NoOutputsError."""
        try:
            return Outputs.read(await self.http.get(at("tasks", task_id, "artifacts", "outputs.json")))
        except ProblemError as error:
            if error.code == "artifact_unknown":
                raise NoOutputsError(task_id) from error
            raise

    async def compare_outputs(self, a: str, b: str, *, tolerance: float = 0.0) -> OutputComparison:
        """How far the outputs of two runs are apart, tensor by tensor."""
        return OutputComparison.read(await self.http.get("/compare/outputs", {"a": a, "b": b, "tolerance": tolerance}))

    async def compare(self, task_ids: Sequence[str], filters: Params | None = None) -> Comparison:
        """Completed runs side by side, the others held against the first. Filters: top, sort (delta or order)."""
        return Comparison.read(await self.http.get("/compare", {"task": list(task_ids), **(filters or {})}))

    def export(self, task_id: str, form: str, *, number: int | None = None) -> AsyncIterator[bytes]:
        """A run's profile as a file, in chunks: csv, json, chrome-trace, raw (the profiled pass ``number``, from 1), or reproduce (a zip)."""
        params = None if number is None else {"pass": number}
        return self.http.chunks(at("tasks", task_id, "export", form), params)

    def artifact(self, task_id: str, name: str, attempt: int | None = None) -> AsyncIterator[bytes]:
        """A file that a run left, in chunks; the run itself names them (``Task.artifacts``). Of the last attempt that left it, if none is named."""
        params = None if attempt is None else {"attempt": attempt}
        return self.http.chunks(at("tasks", task_id, "artifacts", name), params)

    def given(self, task_id: str, name: str) -> AsyncIterator[bytes]:
        """What a run was given, in chunks: ``request``, ``model``, ``input-1``, ``input-2`` …"""
        return self.http.chunks(at("tasks", task_id, "given", name))

    async def bundle(self, task_id: str, path: Path, *, given: bool = False) -> CheckedBundle:
        """Everything that happened to a run and every file that it left, in one zip file that can be checked without a server: see `client.bundle`.

        With ``given`` also what it was given: request, model and inputs.
        """
        events = self.http.chunks("/events/export", {"thing": task_id})

        def fetch(one: Held) -> AsyncIterator[bytes]:
            return self.given(task_id, one.name) if one.given else self.artifact(task_id, one.name, one.attempt)

        return await write_bundle(task_id, events, fetch, path, given=given)
