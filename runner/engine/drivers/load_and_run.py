"""The driver ``load_and_run``: MegEngine's C++ tool, as somebody built it. ``runner/engine/worker/load_and_run.py`` runs it and says what has been tested.

``infra/images/build-load-and-run`` is a recipe that builds one. Every process is new: a binary of a few megabytes has nothing to keep warm.
"""

import asyncio
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from core.events.failure import FailureKind
from core.events.ids import EngineVersion, Platform
from runner.engine.child import Child
from runner.engine.command import Command
from runner.engine.drivers.megengine import WORKER
from runner.engine.job import EngineFailed, EngineJob, EngineLimits, InputData, Inspection, Measurement
from runner.engine.precheck import check_files
from runner.engine.probe import EngineBuild, EngineUnusable
from runner.engine.process import run_job
from runner.sandbox.sandbox import Sandbox


class LoadAndRunDriver:
    """``binary`` is built for ``platform`` from the sources of ``version``: nobody but its builder knows that."""

    name: ClassVar[str] = "load_and_run"

    def __init__(self, binary: Path, version: EngineVersion, platform: Platform, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._binary = binary
        self._version = version
        self._platform = platform

    @property
    def command(self) -> Command:
        role = ("load_and_run", str(self._binary), self._platform.value)
        libraries = self._binary.parent.glob("*.so*")
        return Command(Path(sys.executable), WORKER, self._sandbox, role, (self._binary, *sorted(libraries)))

    async def probe(self) -> EngineBuild:
        """The binary is not run: its digest says which one it is."""
        if not self._binary.is_file() or not os.access(self._binary, os.X_OK):
            raise EngineUnusable(
                f"There is no program at {self._binary}. Build load_and_run: infra/images/build-load-and-run"
            )
        digest = await asyncio.to_thread(_digest, self._binary)
        return EngineBuild(self._version, f"{self._version}+load_and_run.{digest[:12]}")

    async def measure(
        self,
        job: EngineJob,
        *,
        limits: EngineLimits,
        on_phase: Callable[[str], None],
        on_line: Callable[[str], None],
    ) -> Measurement:
        if job.data != InputData():
            raise EngineFailed(
                FailureKind.UNSUPPORTED,
                "With load_and_run, inputs are .npy files only; a runner with the wheel takes others.",
            )
        await asyncio.to_thread(check_files, job)
        child = await Child.start(self.command, job.scratch)
        return await run_job(child, job, limits=limits, on_phase=on_phase, on_line=on_line)

    async def inspect(
        self,
        job: EngineJob,  # noqa: ARG002 - a driver's signature
        *,
        limits: EngineLimits,  # noqa: ARG002
        on_phase: Callable[[str], None],  # noqa: ARG002
        on_line: Callable[[str], None],  # noqa: ARG002
    ) -> Inspection:
        raise EngineFailed(FailureKind.UNSUPPORTED, "load_and_run cannot inspect models; a runner with the wheel can.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
