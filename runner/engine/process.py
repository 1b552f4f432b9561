"""Starts the worker as a child process, watches it, and makes sure that nothing of it is left."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path

from pydantic import ValidationError

from core.events.failure import FailureKind
from runner.engine.classify import Ending, StopReason, classify
from runner.engine.job import EngineFailed, EngineJob, EngineLimits, Measurement
from runner.engine.log import EngineLog
from runner.engine.precheck import check_files
from runner.engine.protocol import Measured
from runner.engine.watch import OutOfTurn, Watch

WORKER = Path(__file__).with_name("worker")
PROTOCOL_BYTES = 16 * 2**20
"""Everything that a worker may say: 100,000 latencies take about 2 MB."""
LAST_WORDS_S = 2.0
"""How long pipes are read after the worker's end. Longer they stay open only when something escaped from its process group."""


async def run_engine(
    python: Path,
    job: EngineJob,
    *,
    limits: EngineLimits,
    on_phase: Callable[[str], None],
    on_line: Callable[[str], None],
) -> Measurement:
    """Measure ``job`` with the engine environment's ``python``.

    ``on_phase`` hears each phase as it begins, ``on_line`` each line of the engine's log (cut to 4 KiB, without control characters). Raises EngineFailed. When cancelled, the
    child's whole process group is dead before the cancellation goes on.
    """
    await asyncio.to_thread(check_files, job)
    watch = Watch(on_phase)
    log_path = job.output / "engine.log"
    with EngineLog(log_path, limits.log_bytes, on_line) as log:
        exit_code = await _run(python, job, limits, watch, log)
        if watch.measured is None or watch.stopped is not None or exit_code != 0:
            raise _failed(watch, exit_code, log.tail)
    return _measurement(job, watch, watch.measured, log_path)


async def _run(python: Path, job: EngineJob, limits: EngineLimits, watch: Watch, log: EngineLog) -> int:
    """Run the worker to its end; returns its exit code, 128 + signal when killed."""
    async with _pipe() as (log_reader, log_fd), _pipe() as (line_reader, line_fd):
        try:
            process = await asyncio.create_subprocess_exec(
                python, "-I", WORKER, str(line_fd),
                stdin=asyncio.subprocess.PIPE, stdout=log_fd, stderr=log_fd, pass_fds=[line_fd],
                cwd=job.scratch, env=engine_environment(job.scratch), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise EngineFailed(
                FailureKind.INTERNAL, f"The engine's Python {python} could not be started: {error}"
            ) from error
        finally:
            # The child holds its own ends; ours would keep the pipes open after its end.
            os.close(log_fd)
            os.close(line_fd)

        _hand_over(process, _order(job, limits))

        def stop(reason: StopReason) -> None:
            watch.stopped = watch.stopped or reason
            _kill_group(process.pid)

        timer = asyncio.get_running_loop().call_later(limits.wall_s, stop, StopReason.WALL)
        readers = [
            asyncio.create_task(_read_log(log_reader, log, stop)),
            asyncio.create_task(_read_lines(line_reader, watch, stop)),
        ]
        try:
            return await _end(process, readers)
        finally:
            timer.cancel()
            await _leave_nothing(process, readers)


def _hand_over(process: asyncio.subprocess.Process, order: dict[str, object]) -> None:
    """The one line that a worker hears. Nobody waits for it to be read: a worker that does not is like any other that does nothing."""
    assert process.stdin is not None  # noqa: S101 - asked for
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.close()


async def _end(process: asyncio.subprocess.Process, readers: list[asyncio.Task[None]]) -> int:
    """Wait for the worker's end and its last words. A reader that fails ends it at once."""
    for reader in readers:
        reader.add_done_callback(
            lambda task: None if task.cancelled() or task.exception() is None else _kill_group(process.pid)
        )
    code = await process.wait()
    _kill_group(process.pid)
    finished, _ = await asyncio.wait(readers, timeout=LAST_WORDS_S)
    for reader in finished:
        reader.result()
    return code if code >= 0 else 128 - code


async def _leave_nothing(process: asyncio.subprocess.Process, readers: list[asyncio.Task[None]]) -> None:
    """Kill the group, wait for its leader, end the readers; a second cancellation does not hurry this."""
    _kill_group(process.pid)
    for reader in readers:
        reader.cancel()
    rest = asyncio.gather(process.wait(), *readers, return_exceptions=True)
    while not rest.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(rest)


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


async def _read_log(reader: asyncio.StreamReader, log: EngineLog, stop: Callable[[StopReason], None]) -> None:
    while piece := await reader.read(65_536):
        if not log.take(piece):
            stop(StopReason.LOG)
    log.end()


async def _read_lines(reader: asyncio.StreamReader, watch: Watch, stop: Callable[[StopReason], None]) -> None:
    """Hear the worker. The stream's limit bounds a line, and a broken last line is what a killed worker leaves."""
    while True:
        try:
            line = await reader.readuntil(b"\n")
            watch.hear(line)
        except asyncio.IncompleteReadError:
            return
        except (asyncio.LimitOverrunError, ValidationError, OutOfTurn):
            stop(StopReason.PROTOCOL)
            return


@contextlib.asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """A reader of ours and the writing end's descriptor, which the caller closes."""
    read_fd, write_fd = os.pipe()
    reader = asyncio.StreamReader(limit=PROTOCOL_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_fd, "rb", buffering=0)
    )
    try:
        yield reader, write_fd
    finally:
        transport.close()


def engine_environment(scratch: Path) -> dict[str, str]:
    """The child's whole environment. MegEngine's import fails where HOME cannot be written."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _order(job: EngineJob, limits: EngineLimits) -> dict[str, object]:
    return {
        "kind": "profile",
        "parent": os.getpid(),
        "model": str(job.model.resolve()),
        "inputs": {name: str(path.resolve()) for name, path in job.inputs.items()},
        "output": str(job.output.resolve()),
        "options": asdict(job.options),
        "limits": {
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
        },
    }


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


def _measurement(job: EngineJob, watch: Watch, measured: Measured, log: Path) -> Measurement:
    raw = tuple(job.output / f"raw-{n}.json" for n in range(1, len(measured.profiled_latencies) + 1))
    for path in raw:
        # The worker's word is not enough: a link would make us read, and upload, something else.
        if path.is_symlink() or not path.is_file():
            raise EngineFailed(FailureKind.INTERNAL, f"The engine's process left no {path.name}.", 0, watch.phases())
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
    )
