"""What goes into one engine process and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from core.events.failure import FailureKind
from core.events.values import ProfileOptions

ENGINE_PHASES = ("starting", "loading", "warming_up", "timing", "profiling")


@dataclass(frozen=True, slots=True)
class InputData:
    """What else the inputs are made of, as plain JSON for the worker.

    ``readings``: by input name, the format of its file where that is not ``.npy``, and how it is read (``core/protocol/inputs.py``). ``archives``: ``.npz`` files
    whose arrays are inputs by their names. ``random``: by input name, the recipe of what is made up.
    """

    readings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    archives: tuple[Path, ...] = ()
    random: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineJob:
    """``inputs``: a file by input name, a plain ``.npy`` unless ``data`` says otherwise. ``output``: an existing folder for raw profiles and the log. ``scratch``: an existing folder, the child's home."""

    model: Path
    inputs: Mapping[str, Path]
    output: Path
    scratch: Path
    options: ProfileOptions = field(default_factory=ProfileOptions)
    kind: Literal["profile", "inspect"] = "profile"
    data: InputData = InputData()
    output_names: tuple[str, ...] = ()
    """Variables that are made the outputs, if not those of the file."""


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What one engine process may use.

    ``memory_bytes`` counts from what the started engine occupies. It bounds resident memory, and with ``address_space`` that too, so that the engine hears of it before it has
    taken what there is not. ``file_bytes`` is for all files together that it leaves.
    """

    wall_s: float = 600.0
    memory_bytes: int = 8 * 2**30
    address_space: bool = True
    """Not for graphics cards: their driver reserves more addresses than there is memory."""
    file_bytes: int = 512 * 2**20
    log_bytes: int = 16 * 2**20
    open_files: int = 256
    dump_bytes: int = 60 * 2**20
    """Of all outputs together that are kept; under ``file_bytes``, so that one output may take it all."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured attempt; all times in seconds, ``peak_memory`` in bytes (VmHWM of the engine process after the clean passes).

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
    outputs: Path | None = None
    """The file ``outputs.json`` that the worker wrote, not yet checked, where outputs were asked for."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """One attempt to look at a model. ``document``: the file that the worker wrote, not yet checked. ``peak_memory`` in bytes.

    ``structure``: the model without its values, for viewers; None where the worker made none.
    """

    engine_build: str
    document: Path
    peak_memory: int
    phases: dict[str, float]
    log: Path
    warm: bool = False
    structure: Path | None = None


class EngineFailed(Exception):  # noqa: N818 - named after the fact
    """The engine's process gave no result. ``exit_code`` is 128 + signal for a killed process, None when none was started. ``phases`` in seconds."""

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
