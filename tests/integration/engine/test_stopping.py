"""However a run ends, nothing of it is left: no process, no open pipe, no unbounded memory or disk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from core.events.failure import FailureKind
from runner.engine.drivers import megengine
from runner.engine.job import EngineFailed, EngineLimits
from runner.sandbox.sandbox import Sandbox
from tests.integration.engine.conftest import Examples, Heard, Measure

pytestmark = pytest.mark.engine


def processes_in(folder: Path) -> list[int]:
    """Processes whose current folder is in ``folder``: the engine's is its scratch."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if (entry / "cwd").readlink().is_relative_to(folder):
                    found.append(int(entry.name))
    return found


async def until(condition: Callable[[], bool]) -> None:
    """The process table tells nobody of its changes: it has to be asked."""
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.fixture
def heard(tmp_path: Path) -> Heard:
    return Heard(tmp_path)


@pytest.mark.parametrize("phase", ["loading", "timing"])
async def test_a_cancelled_run_leaves_no_process(
    examples: Examples, measure: Measure, heard: Heard, phase: str
) -> None:
    run = asyncio.create_task(
        measure(examples.model("resnet"), examples.inputs("resnet"), heard=heard, iterations=100_000)
    )
    await until(lambda: phase in heard.phases and bool(processes_in(heard.folder)))
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert processes_in(heard.folder) == []


async def test_the_engine_dies_with_its_runner(
    engine_python: Path, sandbox: Sandbox, examples: Examples, tmp_path: Path
) -> None:
    """Kill -9 of the runner: nobody is left to kill the engine, so the kernel has to."""
    script = textwrap.dedent(f"""
        import asyncio
        from pathlib import Path
        from core.events.values import ProfileOptions
        from runner.engine.job import EngineJob, EngineLimits
        from runner.engine.drivers.megengine import MegEngineDriver
        from {type(sandbox).__module__} import {type(sandbox).__name__}
        from pathlib import PosixPath
        folder = Path({str(tmp_path)!r})
        job = EngineJob(Path({str(examples.model("resnet"))!r}), {{"data": Path({str(examples.inputs("resnet")["data"])!r})}},
                        folder, folder, ProfileOptions(iterations=100_000))
        asyncio.run(MegEngineDriver(Path({str(engine_python)!r}), {sandbox!r}).measure(
            job, limits=EngineLimits(), on_phase=lambda name: print(name, flush=True), on_line=lambda line: None))
    """)
    runner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - quick
    try:
        assert runner.stdout is not None
        while (await asyncio.to_thread(runner.stdout.readline)).strip() != "timing":
            assert runner.poll() is None
        assert processes_in(tmp_path)
        runner.kill()
        await until(lambda: not processes_in(tmp_path))
    finally:
        runner.kill()
        runner.wait()
        if runner.stdout is not None:
            runner.stdout.close()


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> HostileWorker:
    return HostileWorker(monkeypatch, tmp_path)


HOSTILE = """
import json, os, signal, socket, sys, time
told = json.loads(sys.argv[1])
_, files, *_ = socket.recv_fds(socket.socket(fileno=told["control"]), 1, 200)
out = open(told["lines"], "w")
"""
LEFT = {"type": "file", "name": "raw-1.json", "size": 10}


class HostileWorker:
    """What a graph that took its process over could do: any program in the place of the worker. ``out`` is the line to the runner."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self._path = folder / "hostile.py"

    def does(self, body: str) -> None:
        self._path.write_text(HOSTILE + textwrap.dedent(body))
        self._monkeypatch.setattr(megengine, "WORKER", self._path)


RESULT = {
    "type": "result", "load_s": 0, "compile_s": 0, "first_run_s": 0,
    "latencies": [1], "profiled_latencies": [1], "peak_memory": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("while True: os.write(1, b'x' * 4095 + b'\\n')", FailureKind.OUTPUT_LIMIT),
        ("while True: os.write(2, b'x' * 65536)", FailureKind.OUTPUT_LIMIT),
        ("out.write('nonsense\\n'); out.flush(); time.sleep(600)", FailureKind.INTERNAL),
        ("while True: out.write('x' * 65536)", FailureKind.INTERNAL),
        ('while True: out.write(\'{"type": "phase", "phase": "loading", "at": 0}\\n\')', FailureKind.INTERNAL),
        ("os.close(1); os.close(2); out.close(); time.sleep(600)", FailureKind.TIME_LIMIT),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)", FailureKind.TIME_LIMIT),
        ("os.kill(0, signal.SIGKILL)", FailureKind.INTERNAL),
        ("sys.exit(0)", FailureKind.INTERNAL),
        (f"out.write({json.dumps(RESULT)!r} + '\\n')", FailureKind.INTERNAL),
        (
            f"out.write({json.dumps(LEFT)!r} + '\\n' + {json.dumps(RESULT)!r} + '\\n')",
            FailureKind.INTERNAL,
        ),
    ],
)
async def test_a_hostile_worker_fails_and_is_gone(
    examples: Examples, measure: Measure, heard: Heard, hostile: HostileWorker, body: str, kind: FailureKind
) -> None:
    hostile.does(body)
    limits = EngineLimits(wall_s=1.0 if kind is FailureKind.TIME_LIMIT else 60.0, log_bytes=2**20)
    with pytest.raises(EngineFailed) as failed:
        await measure(
            examples.model("resnet"),
            examples.inputs("resnet"),
            limits=limits,
            python=Path(sys.executable),
            heard=heard,
        )
    assert failed.value.kind is kind
    assert (heard.folder / "output" / "engine.log").stat().st_size <= limits.log_bytes
    assert processes_in(heard.folder / "scratch") == []


async def test_a_child_of_the_worker_dies_with_it(
    examples: Examples, measure: Measure, heard: Heard, hostile: HostileWorker
) -> None:
    hostile.does("if os.fork() == 0: time.sleep(600)")
    with pytest.raises(EngineFailed):
        await measure(examples.model("resnet"), examples.inputs("resnet"), python=Path(sys.executable), heard=heard)
    await until(lambda: not processes_in(heard.folder / "scratch"))


async def test_pipes_held_by_an_escaped_process_do_not_hold_the_runner(
    examples: Examples, measure: Measure, heard: Heard, hostile: HostileWorker
) -> None:
    """Until the sandbox has a pid namespace a process can leave its group. It must not keep the attempt from ending."""
    hostile.does("""
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
    """)
    try:
        with pytest.raises(EngineFailed):
            async with asyncio.timeout(120):
                await measure(
                    examples.model("resnet"), examples.inputs("resnet"), python=Path(sys.executable), heard=heard
                )
    finally:
        for pid in processes_in(heard.folder / "scratch"):
            os.kill(pid, signal.SIGKILL)


async def test_ten_failures_in_a_row_leave_no_descriptor_open(
    examples: Examples, measure: Measure, hostile: HostileWorker, tmp_path: Path
) -> None:
    hostile.does("os.kill(0, signal.SIGKILL)")

    async def fail(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(EngineFailed):
            await measure(
                examples.model("resnet"), examples.inputs("resnet"), python=Path(sys.executable), heard=Heard(folder)
            )

    await fail(0)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(1, 11):
        await fail(number)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
