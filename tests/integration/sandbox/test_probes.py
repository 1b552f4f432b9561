"""Everything that a hostile model would try, tried inside of each kind of sandbox that this machine has."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import runner
from core.events.runner import SandboxKind
from runner.engine.command import INSIDE, Command
from runner.engine.drivers.megengine import WORKER
from runner.sandbox.find import TIGHTEST_FIRST, find_sandbox
from runner.sandbox.sandbox import Sandbox, python_folders
from runner.sandbox.sealed import sealed_bytes
from tests.integration.sandbox.programs import run

PROBES = Path(__file__).with_name("probes.py")


@pytest.fixture
def ears() -> Iterator[tuple[int, str]]:
    """Somebody who listens: a port, and a name outside of all file systems."""
    abstract = f"mgeprof-probe-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as local:
        local.bind("\0" + abstract)
        local.listen()
        yield tcp.getsockname()[1], abstract


async def sandbox_of_kind(kind: SandboxKind) -> Sandbox:
    """Skips, with the reason, where the machine does not have it."""
    found = await find_sandbox(lambda one, scratch: Command(Path(sys.executable), WORKER, one).trial(scratch), (), kind)
    if found.sandbox.kind is not kind:
        pytest.skip(found.why)
    return found.sandbox


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the probes know the system calls of x86-64 only")
@pytest.mark.parametrize("kind", TIGHTEST_FIRST)
async def test_all_are_blocked(kind: SandboxKind, tmp_path: Path, ears: tuple[int, str]) -> None:
    sandbox = await sandbox_of_kind(kind)
    secret, scratch, output = tmp_path / "secret", tmp_path / "scratch", tmp_path / "output"
    secret.write_text("of somebody else")
    scratch.mkdir()
    model = sealed_bytes("model", b"model" + bytes(8192))
    written = os.open(output, os.O_RDWR | os.O_CREAT)
    try:
        folders = [*python_folders(Path(sys.executable)), PROBES, INSIDE, Path(runner.__file__)]
        launch = sandbox.launch(folders, scratch)
        told = {
            "confinement": launch.told, "folder": str(INSIDE.parents[1]), "secret": str(secret), "model": model,
            "output": written, "outside": os.getpid(), "port": ears[0], "abstract": ears[1],
        }  # fmt: skip
        argv = (*launch.argv, sys.executable, "-I", "-W", "ignore", str(PROBES), json.dumps(told))
        code, said = await run(argv, launch.environment, scratch, (model, written))
    finally:
        os.close(model)
        os.close(written)
    answers = [json.loads(line) for line in said.splitlines()]
    assert code == 0, said[-2000:]
    assert len(answers) > 80
    assert [one for one in answers if "blocked" not in one] == []
    assert secret.read_text() == "of somebody else"
    assert output.stat().st_size <= 2**20
