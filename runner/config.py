"""The runner's configuration file (TOML)."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.configuration import CollectorUrl
from core.events.ids import EngineVersion, Platform, RunnerId
from core.events.runner import SandboxKind

_USER_SEED = re.compile(r"SU[A-Z2-7]{56}")


class ConfigError(Exception):
    """The configuration file cannot be used; the message says which entry and why."""


class EngineConfig(BaseModel):
    """One ``[[engine]]``. The driver ``megengine`` has a ``python``, the interpreter of its environment; ``load_and_run`` has a ``binary``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    version: EngineVersion
    """Version of MegEngine, as tasks choose it."""
    driver: Literal["megengine", "load_and_run"]
    """`megengine`: the wheel; `load_and_run`: MegEngine's program."""
    python: Path | None = None
    """For `megengine`: the interpreter of the environment where it is installed."""
    binary: Path | None = None
    """For `load_and_run`: the program."""

    @property
    def program(self) -> Path:
        """The one of both that the driver needs."""
        program = self.python if self.driver == "megengine" else self.binary
        if program is None:
            raise ValueError(f"the driver {self.driver} needs {'python' if self.driver == 'megengine' else 'binary'}")
        return program

    @model_validator(mode="after")
    def _has_its_program(self) -> Self:
        if self.program is not (self.python or self.binary) or (self.python and self.binary):
            raise ValueError("python goes with the driver megengine, binary with load_and_run")
        return self

    def beside(self, folder: Path) -> "EngineConfig":
        """The same with paths that hold from everywhere."""
        name = "python" if self.driver == "megengine" else "binary"
        return self.model_copy(update={name: folder / self.program})


def _each_version_once(engines: tuple[EngineConfig, ...]) -> tuple[EngineConfig, ...]:
    for version, times in Counter(engine.version for engine in engines).items():
        if times > 1:
            raise ValueError(f"version {version} is configured twice; give each build a version of its own")
    return engines


class RunnerConfig(BaseModel):
    """Paths are relative to the file. Periods in seconds, sizes in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: RunnerId
    """Given by the server when the runner was registered."""
    name: str
    """What the runner is called."""
    platform: Literal[Platform.X86, Platform.CUDA, Platform.ARM]
    """`x86`, `cuda` or `arm`."""
    slots: Annotated[int, Field(ge=1, le=64)] = 1
    """Tasks at a time; more than one disturbs measurements unless the device is really divided."""
    url: str | None = None
    """The api's address, where it was registered over HTTP."""
    nats_url: str
    """Address of the broker."""
    seed_file: Path
    """File with the seed of the runner's nkey, mode 0600."""
    state_dir: Path
    """Folder for orders, reports that are not acknowledged yet, the cache and scratch space."""
    beat_s: Annotated[float, Field(gt=0)] = 10.0
    """How often the runner says that it lives and what it does."""
    drain_s: Annotated[float, Field(ge=0)] = 60.0
    """How long a runner that is told to end (SIGTERM) may finish what it has; then it gives that back, which does not count against the task. A second signal does not wait."""
    cache_bytes: Annotated[int, Field(ge=0)] = 20 * 2**30
    """Most bytes of models and inputs that are kept for the next task."""
    memory_bytes: Annotated[int, Field(gt=0)] | None = None
    """What one engine process may use; by default four fifths of the machine's memory, divided by the slots."""
    warm_spares: Annotated[int, Field(ge=0, le=64)] = 1
    """Engine processes (about 190 MB each) that are kept up before there is a task for them; 0 for none."""
    sandbox: Literal["auto"] | SandboxKind = "auto"
    """What strangers' models run in: `auto` is the tightest kind that works here; with `bubblewrap`, `landlock` or `none` it is that one, or none where it does not work."""
    devices: tuple[Path, ...] = ()
    """Files below /dev that engines need, for graphics cards."""
    peaks_file: Path | None = None
    """Where measured peaks of the device are kept; by default in the state_dir. Delete it to have them measured again."""
    traces_url: CollectorUrl = ""
    """Where spans are sent: an OpenTelemetry collector's address for traces, OTLP over HTTP. Of which traces, the scheduler says."""
    engine: Annotated[tuple[EngineConfig, ...], Field(min_length=1), AfterValidator(_each_version_once)]
    """One table `[[engine]]` for each version."""

    def beside(self, folder: Path) -> "RunnerConfig":
        """The same with paths that hold from everywhere."""
        engines = tuple(one.beside(folder) for one in self.engine)
        paths = {"seed_file": folder / self.seed_file, "state_dir": folder / self.state_dir}
        paths["peaks_file"] = folder / (self.peaks_file or self.state_dir / "peaks.json")
        return self.model_copy(update={**paths, "engine": engines})


def load_config(path: Path) -> RunnerConfig:
    """Raises ConfigError."""
    try:
        config = RunnerConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ConfigError(f"{path}: {problems}") from error
    return config.beside(path.resolve().parent)


def read_seed(config: RunnerConfig) -> str:
    """Raises ConfigError."""
    try:
        seed = config.seed_file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise ConfigError(f"the runner's key {config.seed_file} cannot be read: {error}") from error
    if not _USER_SEED.fullmatch(seed):
        raise ConfigError(
            f"the file {config.seed_file} holds no nkey seed of a user (58 characters that begin with SU)"
        )
    return seed
