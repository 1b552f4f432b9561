"""What a driver can do for an attempt."""

from collections.abc import Callable
from typing import ClassVar, Protocol

from runner.engine.command import Command
from runner.engine.job import EngineJob, EngineLimits, Inspection, Measurement
from runner.engine.probe import EngineBuild


class Driver(Protocol):
    """One engine of a runner. ``name`` as in its configuration."""

    name: ClassVar[str]

    @property
    def command(self) -> Command:
        """Starts a process that speaks the line protocol of ``runner/engine/protocol.py``."""
        ...

    async def probe(self) -> EngineBuild:
        """What it is. Raises EngineUnusable."""
        ...

    async def measure(
        self,
        job: EngineJob,
        *,
        limits: EngineLimits,
        on_phase: Callable[[str], None],
        on_line: Callable[[str], None],
    ) -> Measurement:
        """See ``runner.engine.process.run_job``. Raises EngineFailed."""
        ...

    async def inspect(
        self,
        job: EngineJob,
        *,
        limits: EngineLimits,
        on_phase: Callable[[str], None],
        on_line: Callable[[str], None],
    ) -> Inspection:
        """See ``runner.engine.process.run_inspection``. Raises EngineFailed."""
        ...
