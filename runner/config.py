"""The runner's configuration file (TOML)."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.events.ids import EngineVersion, Platform, RunnerId


class ConfigError(Exception):
    """The configuration file cannot be used; the message says which entry and why."""


class EngineConfig(BaseModel):
    """One ``[[engine]]``: ``python`` is the interpreter of its environment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: EngineVersion
    driver: Literal["megengine"]
    python: Path


class RunnerConfig(BaseModel):
    """Paths are relative to the file. Periods in seconds, sizes in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: RunnerId
    name: str
    platform: Literal[Platform.X86, Platform.CUDA, Platform.ARM]
    slots: Annotated[int, Field(ge=1, le=64)] = 1
    """Tasks at a time; more than one disturbs measurements unless the device is really divided."""
    labels: tuple[str, ...] = ()
    nats_url: str
    seed_file: Path
    state_dir: Path
    beat_s: Annotated[float, Field(gt=0)] = 10.0
    cache_bytes: Annotated[int, Field(ge=0)] = 20 * 2**30
    memory_bytes: Annotated[int, Field(gt=0)] | None = None
    """What one engine process may use; by default four fifths of the machine's memory, divided by the slots."""
    warm_spares: Annotated[int, Field(ge=0, le=64)] = 1
    """Engine processes (about 190 MB each) that are kept up before there is a task for them; 0 for none."""
    engine: Annotated[tuple[EngineConfig, ...], Field(min_length=1)]


def load_config(path: Path) -> RunnerConfig:
    """Raises ConfigError."""
    try:
        config = RunnerConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ConfigError(f"{path}: {problems}") from error
    folder = path.resolve().parent
    return config.model_copy(update={"seed_file": folder / config.seed_file, "state_dir": folder / config.state_dir})


def read_seed(config: RunnerConfig) -> str:
    """Raises ConfigError."""
    try:
        return config.seed_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"the runner's key {config.seed_file} cannot be read: {error}") from error
