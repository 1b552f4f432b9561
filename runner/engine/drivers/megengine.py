"""The driver ``megengine``: MegEngine's Python wheel in an environment of its own, warm when a spare is there."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import ClassVar, TypeVar

from runner.engine.child import Child
from runner.engine.command import Command
from runner.engine.job import EngineJob, EngineLimits, Inspection, Measurement
from runner.engine.precheck import check_files
from runner.engine.probe import EngineBuild, probe_engine
from runner.engine.process import SpareDied, run_inspection, run_job
from runner.engine.spares import Spares
from runner.sandbox.sandbox import Sandbox

Result = TypeVar("Result")

WORKER = Path(__file__).parents[1] / "worker"


def worker_command(python: Path, sandbox: Sandbox) -> Command:
    """The worker in the engine environment's ``python``."""
    return Command(python, WORKER, sandbox)


class MegEngineDriver:
    """``spares``: where processes that are up come from; without it every job gets a new one."""

    name: ClassVar[str] = "megengine"

    def __init__(self, python: Path, sandbox: Sandbox, spares: Spares | None = None) -> None:
        self._python = python
        self._sandbox = sandbox
        self._spares = spares

    @property
    def command(self) -> Command:
        return worker_command(self._python, self._sandbox)

    async def probe(self) -> EngineBuild:
        return await probe_engine(self._python)

    async def measure(
        self,
        job: EngineJob,
        *,
        limits: EngineLimits,
        on_phase: Callable[[str], None],
        on_line: Callable[[str], None],
    ) -> Measurement:
        return await self._with_child(job, partial(run_job, limits=limits, on_phase=on_phase, on_line=on_line))

    async def inspect(
        self,
        job: EngineJob,
        *,
        limits: EngineLimits,
        on_phase: Callable[[str], None],
        on_line: Callable[[str], None],
    ) -> Inspection:
        return await self._with_child(job, partial(run_inspection, limits=limits, on_phase=on_phase, on_line=on_line))

    async def _with_child(self, job: EngineJob, work: Callable[[Child, EngineJob], Awaitable[Result]]) -> Result:
        await asyncio.to_thread(check_files, job)
        child = await self._child(job)
        try:
            return await work(child, job)
        except SpareDied:
            return await work(await Child.start(self.command, job.scratch), job)

    async def _child(self, job: EngineJob) -> Child:
        if self._spares is None:
            return await Child.start(self.command, job.scratch)
        return await self._spares.take(self.command, job.scratch)
