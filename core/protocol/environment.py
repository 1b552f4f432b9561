"""What an attempt ran on and with: the artifact ``environment.json``."""

from typing import Literal

from core.events.ids import EngineVersion, Platform, Sha256
from core.events.values import Frozen, ProfileOptions

ENVIRONMENT = "environment.json"
MOST_BYTES = 2**20


class Gpu(Frozen):
    """A graphics card as NVIDIA's own tool describes it; None for what it does not tell. ``memory`` in bytes, ``clock_hz`` of the multiprocessors, ``temperature`` in degrees Celsius."""

    name: str
    driver: str
    memory: int | None
    clock_hz: float | None
    temperature: float | None


class Machine(Frozen):
    """The device just before the engine got the job. ``memory`` in bytes; None where the machine does not tell."""

    cpu: str
    cores: int
    memory: int
    kernel: str
    governor: str | None
    """Linux's frequency governor of the first core."""
    frequency_hz: float | None
    """Mean over the cores at that moment."""
    load: float
    """One-minute load average."""
    temperature: float | None
    """Degrees Celsius of the hottest zone."""
    gpus: tuple[Gpu, ...] | None = None
    """None where ``nvidia-smi`` is not there or does not answer: then nothing is known of a card or its driver."""


class Engine(Frozen):
    version: EngineVersion
    driver: str
    build: str | None
    """None where the engine did not come up."""
    warm: bool | None
    """Whether it was up before the attempt began; None where it gave no result."""


class Commands(Frozen):
    """The same run by hand, files under the names that stand in the command; None where the tool cannot do it."""

    load_and_run: str | None
    load_network_and_run: str | None


class EnvironmentDocument(Frozen):
    """Digests are SHA-256; inputs by the model's names for them."""

    version: Literal[1] = 1
    software: str
    """The version of mgeprof."""
    platform: Platform
    machine: Machine
    engine: Engine
    model: Sha256
    inputs: dict[str, Sha256]
    options: ProfileOptions
    commands: Commands
