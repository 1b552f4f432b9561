"""From a runner's configuration to its drivers, and to what they are kept in."""

import sys
from pathlib import Path

import structlog

from core.events.ids import Platform
from core.events.runner import SandboxKind
from runner.config import EngineConfig, RunnerConfig
from runner.engine.command import Command
from runner.engine.drivers.driver import Driver
from runner.engine.drivers.load_and_run import LoadAndRunDriver
from runner.engine.drivers.megengine import WORKER, MegEngineDriver
from runner.engine.spares import Spares
from runner.sandbox.find import Found, find_sandbox
from runner.sandbox.sandbox import Launch, Sandbox
from runner.sandbox.unconfined import Unconfined

logger = structlog.get_logger(__name__)

NO_LOCK = "the lock would keep load_and_run from being run"


def driver_of(engine: EngineConfig, platform: Platform, sandbox: Sandbox, spares: Spares | None = None) -> Driver:
    """The driver of one ``[[engine]]``."""
    match engine.driver:
        case "megengine":
            return MegEngineDriver(engine.program, sandbox, spares)
        case "load_and_run":
            return LoadAndRunDriver(engine.program, engine.version, platform, sandbox)


async def sandbox_of(config: RunnerConfig) -> Found:
    """The tightest sandbox that works for all engines of this runner."""
    wheels = [engine.program for engine in config.engine if engine.driver == "megengine"]
    python = wheels[0] if wheels else Path(sys.executable)

    def trial(sandbox: Sandbox, scratch: Path) -> Launch:
        return Command(python, WORKER, sandbox).trial(scratch)

    only = None if config.sandbox == "auto" else config.sandbox
    found = await find_sandbox(trial, config.devices, only)
    if found.sandbox.kind is SandboxKind.LANDLOCK and len(wheels) < len(config.engine):
        return Found(Unconfined(), {**found.refused, SandboxKind.LANDLOCK: NO_LOCK})
    return found


async def announced_sandbox(config: RunnerConfig) -> Sandbox:
    """The same, with a line in the log."""
    found = await sandbox_of(config)
    kind = found.sandbox.kind
    if kind is SandboxKind.NONE:
        logger.warning(
            "no sandbox: this runner takes only its owner's tasks; see mgeprof runner doctor",
            action="sandbox", kind=kind.value, why=found.why,
        )  # fmt: skip
    else:
        logger.info("sandbox", action="sandbox", kind=kind.value, why=found.why or None)
    return found.sandbox
