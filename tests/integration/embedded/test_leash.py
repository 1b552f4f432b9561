"""The leash: real processes, killed for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.embedded.supervisor import LEASH

PYTHON = (sys.executable, "-I", "-S")
# A supervisor that starts one program on a leash, says its pid, and stays.
SUPERVISOR = """
import os, subprocess, sys, time
leash, signal, *program = sys.argv[1:]
child = subprocess.Popen([sys.executable, "-I", "-S", leash, signal, str(os.getpid()), *program])
print(child.pid, flush=True)
time.sleep(600)
"""
# A program that says which signal ended it.
TELLS = """
import signal, sys, pathlib, time
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path(sys.argv[1]).write_text("SIGTERM"), sys.exit()))
pathlib.Path(sys.argv[2]).touch()
time.sleep(600)
"""


def leashed(*arguments: str, parent: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run something on a leash that we hold."""
    argv = [*PYTHON, str(LEASH), "TERM", str(parent or os.getpid()), *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("options", [[], ["--unprivileged", "FOLDER"]], ids=["plain", "unprivileged"])
def test_the_program_gets_its_signal_when_the_supervisor_is_killed(options: list[str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    told, started = data / "told", data / "started"
    options = [option.replace("FOLDER", str(data)) for option in options]
    program = [sys.executable, "-I", "-S", "-c", TELLS, str(told), str(started)]
    argv = [*PYTHON, "-c", SUPERVISOR, str(LEASH), "TERM", *options, "--", *program]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = psutil.Process(int(supervisor.stdout.readline()))
        while not started.exists():
            assert child.status() != psutil.STATUS_ZOMBIE
        supervisor.kill()
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        pass
    assert told.read_text() == "SIGTERM"


def test_nothing_starts_when_the_supervisor_is_gone_already(tmp_path: Path) -> None:
    started = tmp_path / "started"
    # Our own parent is not the one that starts the leash.
    ended = leashed("--", "touch", str(started), parent=os.getppid())
    assert ended.returncode == 1
    assert "is gone already" in ended.stderr
    assert not started.exists()


def test_a_program_that_is_not_there_is_named() -> None:
    ended = leashed("--", "/no/such/program")
    assert ended.returncode == 125
    assert "/no/such/program" in ended.stderr


def test_an_unprivileged_program_is_not_root_and_writes_to_its_folder(tmp_path: Path) -> None:
    written = tmp_path / "written"
    ended = leashed(
        "--unprivileged", str(tmp_path), "--", "sh", "-c", f"id -u; grep CapEff /proc/self/status; touch {written}"
    )
    uid, capabilities = ended.stdout.split("\n")[:2]
    assert int(uid) != 0
    assert int(capabilities.split()[1], 16) == 0
    assert written.exists()


def test_the_exit_code_is_the_programs_own() -> None:
    assert leashed("--", "sh", "-c", "exit 7").returncode == 7
    assert leashed("--", "sh", "-c", "kill -9 $$").returncode == -signal.SIGKILL
