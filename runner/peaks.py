"""The device's peaks by engine: measured once, kept in a file."""

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from core.events.values import DevicePeaks
from runner import machine
from runner.config import EngineConfig
from runner.engine.drivers.megengine import WORKER
from runner.engine.probe import EngineBuild, ask

logger = structlog.get_logger(__name__)


class Kept(DevicePeaks):
    """``load``: one-minute load average before they were measured."""

    load: float

    @property
    def peaks(self) -> DevicePeaks:
        return DevicePeaks(flops=self.flops, bandwidth=self.bandwidth)


_KEPT: TypeAdapter[dict[str, Kept]] = TypeAdapter(dict[str, Kept])


async def engine_peaks(
    engines: Sequence[EngineConfig], builds: Sequence[EngineBuild], file: Path
) -> list[DevicePeaks | None]:
    """One for each engine, None for what cannot be measured. One after the other, about 2 s each: they would disturb each other."""
    return [await _peaks(engine, build, file) for engine, build in zip(engines, builds, strict=True)]


async def _peaks(engine: EngineConfig, build: EngineBuild, file: Path) -> DevicePeaks | None:
    if engine.driver != "megengine":
        return None
    key = f"{build.build} {cpu_digest()}"
    known, load = (await asyncio.to_thread(_read, file)).get(key), machine.load()
    # On a busy machine everything is slow: what was measured there is measured anew once it is calmer by half.
    if known is not None and (known.load <= machine.cores() or load > known.load / 2):
        return known.peaks
    found = await measured(engine.program)
    if found is None:
        return known and known.peaks
    logger.info("peaks measured", action="peaks_measured", build=build.build, load=load, **found.model_dump())
    flops, bandwidth = (
        (max(found.flops, known.flops), max(found.bandwidth, known.bandwidth))
        if known
        else (found.flops, found.bandwidth)
    )
    kept = Kept(flops=flops, bandwidth=bandwidth, load=load)
    await asyncio.to_thread(_keep, file, key, kept)
    return kept.peaks


async def measured(python: Path) -> DevicePeaks | None:
    """None, and a line in the log, where the engine cannot do it: a roofline is worth having, and no reason not to work."""
    try:
        _, output = await ask(python, WORKER, "peaks")
        return DevicePeaks.model_validate_json(output.rstrip().rpartition("\n")[2])
    except (OSError, TimeoutError, ValidationError) as error:
        logger.warning("peaks not measured", action="peaks_unknown", python=str(python), error=str(error)[:500])
        return None


def cpu_digest() -> str:
    """Changes with what the engine computes on."""
    facts = f"{machine.cpu_model()} {machine.cores()} {machine.memory_bytes()}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _read(file: Path) -> dict[str, Kept]:
    """What is kept; nothing for a file that is not there, or not ours."""
    try:
        return _KEPT.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return {}


def _keep(file: Path, key: str, found: Kept) -> None:
    """Whole or not at all: several runners of a machine may share the file."""
    content = {name: peaks.model_dump() for name, peaks in {**_read(file), key: found}.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    fd, fresh = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
    Path(fresh).replace(file)
