"""Gives a child its job, watches it, and makes sure that nothing of it is left."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import structlog
from pydantic import ValidationError

from core.events.failure import FailureKind
from core.protocol.inspection import INSPECTION, STRUCTURE
from core.protocol.outputs import OUTPUTS
from runner.engine.child import Child
from runner.engine.classify import Ending, StopReason, classify
from runner.engine.handover import LEFT, HandOver
from runner.engine.job import EngineFailed, EngineJob, EngineLimits, Inspection, Measurement
from runner.engine.log import EngineLog
from runner.engine.occupancy import until_over
from runner.engine.protocol import Measured
from runner.engine.watch import OutOfTurn, Watch

logger = structlog.get_logger(__name__)

LOG = "engine.log"
PIECE = 2**20
LAST_WORDS_S = 2.0
"""How long pipes are read after the worker's end. Longer they stay open only when something escaped from its process group."""


class SpareDied(Exception):  # noqa: N818 - named after the fact
    """A process that had waited for a job ended before it had read one: another may do the job."""


async def run_job(
    child: Child,
    job: EngineJob,
    *,
    limits: EngineLimits,
    on_phase: Callable[[str], None],
    on_line: Callable[[str], None],
) -> Measurement:
    """Have ``child`` measure a model. Raises as ``hear_out`` does."""
    watch, warm = await hear_out(child, job, limits=limits, on_phase=on_phase, on_line=on_line)
    if watch.measured is None:
        raise _failed(watch, 0, "")
    return _measurement(job, watch, watch.measured, job.output / LOG, warm=warm)


async def run_inspection(
    child: Child,
    job: EngineJob,
    *,
    limits: EngineLimits,
    on_phase: Callable[[str], None],
    on_line: Callable[[str], None],
) -> Inspection:
    """Have ``child`` look at a model. Raises as ``hear_out`` does."""
    watch, warm = await hear_out(child, job, limits=limits, on_phase=on_phase, on_line=on_line)
    if watch.inspected is None:
        raise _failed(watch, 0, "")
    document = _left(job, INSPECTION, watch)
    structure = _left(job, STRUCTURE, watch) if STRUCTURE in watch.files else None
    return Inspection(
        engine_build=watch.build or "",
        document=document,
        peak_memory=watch.inspected.peak_memory,
        phases=watch.phases(),
        log=job.output / LOG,
        warm=warm,
        structure=structure,
    )


async def hear_out(
    child: Child,
    job: EngineJob,
    *,
    limits: EngineLimits,
    on_phase: Callable[[str], None],
    on_line: Callable[[str], None],
) -> tuple[Watch, bool]:
    """Have ``child`` do ``job``, and bury it. Returns what it said, and whether it was up before.

    ``on_phase`` hears each phase as it begins, ``on_line`` each line of the engine's log (cut to 4 KiB, without control characters). Raises EngineFailed, or
    SpareDied. When cancelled, the child's whole process group is dead before the cancellation goes on.
    """
    watch = Watch(on_phase)
    with EngineLog(job.output / LOG, limits.log_bytes, on_line) as log:
        exit_code = await _run(child, job, limits, watch, log)
        if child.hello is not None and watch.phase == "starting" and watch.stopped is None:
            raise SpareDied
        said = watch.measured or watch.inspected
        if said is None or watch.stopped is not None or exit_code != 0:
            raise _failed(watch, exit_code, log.tail)
    return watch, child.hello is not None


async def _run(child: Child, job: EngineJob, limits: EngineLimits, watch: Watch, log: EngineLog) -> int:
    """Run the worker to its end; returns its exit code, 128 + signal when killed."""

    def stop(reason: StopReason) -> None:
        watch.stopped = watch.stopped or reason
        child.kill()

    timer = asyncio.get_running_loop().call_later(limits.wall_s, stop, StopReason.WALL)
    readers = [
        asyncio.create_task(_read_log(child.log, log, stop)),
        asyncio.create_task(_read_lines(child, watch, stop)),
    ]
    memory = asyncio.create_task(_watch_memory(child, watch, limits, stop))
    try:
        await _hand_over(child, job, limits)
        return await _end(child, readers)
    finally:
        timer.cancel()
        for task in (*readers, memory):
            task.cancel()
        await child.bury()


async def _watch_memory(child: Child, watch: Watch, limits: EngineLimits, stop: Callable[[StopReason], None]) -> None:
    over = await until_over(child.process.pid, limits.memory_bytes, lambda: watch.build is not None)
    logger.warning("over its memory", action="memory_over", resident=over, budget=limits.memory_bytes)
    stop(StopReason.MEMORY)


async def _end(child: Child, readers: list[asyncio.Task[None]]) -> int:
    """Wait for the worker's end and its last words. A reader that fails ends it at once."""
    for reader in readers:
        reader.add_done_callback(lambda task: None if task.cancelled() or task.exception() is None else child.kill())
    code = await child.process.wait()
    child.kill()
    finished, _ = await asyncio.wait(readers, timeout=LAST_WORDS_S)
    for reader in finished:
        reader.result()
    return code if code >= 0 else 128 - code


async def _read_log(reader: asyncio.StreamReader, log: EngineLog, stop: Callable[[StopReason], None]) -> None:
    while piece := await reader.read(65_536):
        if not log.take(piece):
            stop(StopReason.LOG)
    log.end()


async def _read_lines(child: Child, watch: Watch, stop: Callable[[StopReason], None]) -> None:
    """Hear the worker. The stream's limit bounds a line, and a broken last line is what a killed worker leaves."""
    line = child.hello
    while True:
        try:
            watch.hear(line or await child.lines.readuntil(b"\n"))
        except asyncio.IncompleteReadError:
            return
        except (asyncio.LimitOverrunError, ValidationError, OutOfTurn):
            stop(StopReason.PROTOCOL)
            return
        line = None


async def _hand_over(child: Child, job: EngineJob, limits: EngineLimits) -> None:
    made = asyncio.ensure_future(asyncio.to_thread(HandOver, job, limits))
    try:
        handed = await asyncio.shield(made)
    except asyncio.CancelledError:
        # The thread goes on, and what it opens has to be closed.
        made.add_done_callback(lambda done: None if done.exception() else done.result().close())
        raise
    child.hand_over(handed)
    handed.close()


def _failed(watch: Watch, exit_code: int, log_tail: str) -> EngineFailed:
    if watch.failed is not None and watch.failed.kind is not None and watch.stopped is None:
        return EngineFailed(watch.failed.kind, watch.failed.message, exit_code, watch.phases())
    verdict = classify(
        Ending(
            exit_code=exit_code,
            phase=watch.phase,
            engine_started=watch.build is not None,
            stopped=watch.stopped,
            engine_text=watch.failed.message if watch.failed else None,
            log_tail=log_tail,
        )
    )
    return EngineFailed(verdict.kind, verdict.message, exit_code, watch.phases())


def _left(job: EngineJob, name: str, watch: Watch) -> Path:
    """A file of its own for what the worker has to have left under this name. Its word is not enough: the output has to be long enough."""
    begin, size = watch.files.get(name, (0, -1))
    path = job.output / name
    with (job.output / LEFT).open("rb") as left:
        if size < 0 or os.fstat(left.fileno()).st_size < begin + size:
            raise EngineFailed(FailureKind.INTERNAL, f"The engine's process left no {name}.", 0, watch.phases())
        with path.open("xb") as file:
            left.seek(begin)
            for at in range(0, size, PIECE):
                file.write(left.read(min(PIECE, size - at)))
    return path


def _outputs(job: EngineJob, watch: Watch) -> Path:
    """The list of outputs, with the arrays beside it."""
    for name in watch.files:
        if name.startswith("output-"):
            _left(job, name, watch)
    return _left(job, OUTPUTS, watch)


def _measurement(job: EngineJob, watch: Watch, measured: Measured, log: Path, *, warm: bool) -> Measurement:
    wanted = job.options.output_dumps or job.options.output_rms
    outputs = _outputs(job, watch) if wanted else None
    raw = tuple(_left(job, f"raw-{n}.json", watch) for n in range(1, len(measured.profiled_latencies) + 1))
    return Measurement(
        engine_build=watch.build or "",
        raw_profiles=raw,
        latencies=measured.latencies,
        profiled_latencies=measured.profiled_latencies,
        load_s=measured.load_s,
        compile_s=measured.compile_s,
        first_run_s=measured.first_run_s,
        peak_memory=measured.peak_memory,
        phases=watch.phases(),
        log=log,
        warm=warm,
        outputs=outputs,
    )
