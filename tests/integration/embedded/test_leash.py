"""The leash: real processes, killed for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
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


# The leash on a system that does not allow user namespaces.
WITHOUT_NAMESPACES = """
import os, runpy, sys
module = runpy.run_path(sys.argv[1])
module["drop_root"].__globals__["enter_user_namespace"] = lambda *_: False
module["main"](["TERM", str(os.getppid()), "--unprivileged", sys.argv[2], "--", "sh", "-c", "id -un; touch written"])
"""


def leashed_without_namespaces(data: Path) -> subprocess.CompletedProcess[str]:
    argv = [*PYTHON, "-c", WITHOUT_NAMESPACES, str(LEASH), str(data)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=30, cwd=data)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_where_namespaces_are_forbidden_the_program_becomes_another_user() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        data.mkdir()
        (data / "from before").touch()
        ended = leashed_without_namespaces(data)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "nobody\n", "")
        assert {(data / name).owner() for name in ("written", "from before")} == {"nobody"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down")
def test_a_home_that_the_other_user_cannot_reach_is_explained(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    data = closed / "home" / "data"
    data.mkdir(parents=True)
    closed.chmod(0o700)
    ended = leashed_without_namespaces(data)
    assert ended.returncode == 1
    assert f"the user nobody cannot reach {data}" in ended.stderr
    assert not (data / "written").exists()
