"""A whole stack as one process, signalled and killed; stand-ins take the places of our own processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

STACK = Path(__file__).with_name("stand_in_stack.py")
PATIENCE_S = 180


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def stack(home: Path) -> Iterator[subprocess.Popen[str]]:
    with start(home) as process:
        yield process
        if process.poll() is None:
            process.terminate()


def start(home: Path) -> subprocess.Popen[str]:
    """Start a stack, and return when it is ready."""
    argv = [sys.executable, str(STACK), str(home)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until_said(process, "Ctrl-C stops everything.")
    return process


def until_said(process: subprocess.Popen[str], text: str) -> list[str]:
    """Read a stack's lines up to one with `text`."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return lines
    pytest.fail(f"ended without saying {text!r}: {''.join(lines)}")


def everything_under(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def wait_until_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run when patience is at its end; a zombie has ended, whoever should bury it."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        processes = [process for process in processes if lives(process)]
        if not processes:
            break
        time.sleep(0.02)
    return processes


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_part_that_dies_is_started_again_and_a_signal_stops_everything_in_reverse_order(
    stack: subprocess.Popen[str], home: Path
) -> None:
    check_a_second_start_on_one_home_says_so(stack, home)
    [api] = [process for process in everything_under(stack) if process.cmdline()[-1:] == ["api"]]
    api.kill()
    assert until_said(stack, "api: ready")[0].startswith("api: restarting ended with -9")

    processes = everything_under(stack)
    stack.send_signal(signal.SIGTERM)
    stopped = [line.split(":")[0] for line in until_said(stack, "nats: stopped") if ": stopped" in line]
    assert stopped == ["api", "projector", "scheduler", "s3", "postgres", "nats"]
    assert stack.wait() == 0
    # Postgres says in its own log that it had the time to close its files.
    assert "database system is shut down" in (home / "logs" / "postgres.log").read_text()
    assert wait_until_gone(processes) == []
    assert not (home / "stack.json").exists()


def check_a_second_start_on_one_home_says_so(stack: subprocess.Popen[str], home: Path) -> None:
    second = subprocess.run([sys.executable, str(STACK), str(home)], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"runs on {home} already at http://127.0.0.1:" in second.stderr
    assert f"(pid {stack.pid})" in second.stderr
    assert (home / "stack.json").exists()


# tests/e2e/test_up.py does the same with an engine at work, each time; this one looks at ports and misspelt settings, too.
@pytest.mark.soak
def test_a_kill_leaves_nothing_and_the_next_start_finds_everything_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MGEPROF_API_MODLE_LIMIT", "1")
    with subprocess.Popen([sys.executable, str(STACK), str(home)], stdout=subprocess.PIPE, text=True) as stack:
        said = " ".join("".join(until_said(stack, "Ctrl-C stops everything.")).split())
        assert "MGEPROF_API_MODLE_LIMIT is read by nobody: MGEPROF_API_MODEL_LIMIT is meant?" in said
        before = json.loads((home / "stack.json").read_text())
        processes = everything_under(stack)
        assert len(processes) > 6
        stack.kill()
    # The next start waits by itself until the last part of the killed stack has let go of the home.
    with start(home) as again:
        assert wait_until_gone(processes) == []
        after = json.loads((home / "stack.json").read_text())
        again.send_signal(signal.SIGINT)
        again.communicate()
    assert (after["url"], after["ports"]) == (before["url"], before["ports"])
    assert again.returncode == 0


def test_a_part_that_never_comes_up_ends_the_start_with_its_log(home: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from infra.embedded.part import BackOff, PartFailedError
from infra.embedded.stack import Stack
async def main():
    programs = {{"scheduler": (sys.executable, "-I", {str(STACK.with_name("stand_in.py"))!r}, "broken")}}
    async with Stack(Path({str(home)!r}), programs=programs, back_off=BackOff(first_s=0.01)) as stack:
        await stack.start()
try:
    asyncio.run(main())
except PartFailedError as error:
    sys.exit(str(error))
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "scheduler does not start (exit 1)" in ended.stderr
    assert ended.stderr.count("something is wrong with me") == 4
