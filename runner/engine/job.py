"""What goes into one engine process and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from core.events.failure import FailureKind

ENGINE_PHASES = ("starting", "loading", "warming_up", "timing", "profiling")


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """``warmup`` passes, then ``iterations`` clean timed ones, then ``profiled_passes`` with the engine's profiler."""

    iterations: int = 10
    warmup: int = 1
    profiled_passes: int = 5
    threads: int = 1


@dataclass(frozen=True, slots=True)
class EngineJob:
    """``inputs``: a plain ``.npy`` file by input name. ``output``: an existing folder for raw profiles and the log. ``scratch``: an existing folder, the child's home."""

    model: Path
    inputs: Mapping[str, Path]
    output: Path
    scratch: Path
    options: EngineOptions = EngineOptions()


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What one engine process may use. ``memory_bytes`` counts from what the started engine occupies; ``file_bytes`` is for each file that it writes."""

    wall_s: float = 600.0
    memory_bytes: int = 8 * 2**30
    file_bytes: int = 64 * 2**20
    log_bytes: int = 16 * 2**20
    open_files: int = 256


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured attempt; all times in seconds, ``peak_memory`` in bytes (VmHWM of the engine process).

    ``latencies``: every clean pass, from inputs in host memory to outputs in host memory. ``profiled_latencies``: the same with the profiler attached.
    ``first_run_s`` is the first pass of all: the first warm-up, or the first timed pass when there was none.
    """

    engine_build: str
    raw_profiles: tuple[Path, ...]
    latencies: tuple[float, ...]
    profiled_latencies: tuple[float, ...]
    load_s: float
    compile_s: float
    first_run_s: float
    peak_memory: int
    phases: dict[str, float]
    log: Path
    warm: bool = False
    """Whether the process had the engine up before it got the job."""


class EngineFailed(Exception):  # noqa: N818 - named after the fact
    """The engine's process gave no measurement. ``exit_code`` is 128 + signal for a killed process, None when none was started. ``phases`` in seconds."""

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        exit_code: int | None = None,
        phases: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.exit_code = exit_code
        self.phases = dict(phases)
