"""A model of a gigabyte goes through the api and to the runner, and neither ever holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.client import Client
from client.connection import Connection
from tests.e2e.conftest import MakeStack

pytestmark = pytest.mark.engine

MIB = 2**20
MAY_GROW = 96 * MIB
"""For buffers, connections, several parts at once, and whatever a process had not loaded before."""


def large_model(file: Path, size: int) -> None:
    """Begins as a dumped graph does and says its own size truly; what follows only the engine finds to be none."""
    with file.open("wb") as out:
        out.write((size - 4).to_bytes(4, "little") + (24).to_bytes(4, "little") + b"mgv2")
        out.truncate(size)
        # Something for each part, so that no two are equal.
        for at in range(MIB, size, MIB):
            out.seek(at)
            out.write(at.to_bytes(8, "little"))


def forget_peak(pid: int) -> int:
    """Begin a new high-water mark; gives bytes in memory now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    return memory(pid, "VmRSS")


def memory(pid: int, what: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{what}:"))


async def test_neither_api_nor_runner_holds_a_large_model(make_stack: MakeStack, tmp_path: Path, soak: bool) -> None:
    size = (1024 if soak else 112) * MIB
    large_model(tmp_path / "large.mge", size)
    stack = await make_stack({"MGEPROF_API_MODEL_LIMIT": str(2048 * MIB)})
    pids = {name: pid for name in ("api", "runner") if (pid := stack.keepers[name].pid) is not None}
    assert len(pids) == 2
    before = {name: forget_peak(pid) for name, pid in pids.items()}
    async with Client(Connection(stack.url, stack.services.secrets.token)) as client:
        model = await client.upload_model(tmp_path / "large.mge")
        assert model.inspection is not None
        ended = await client.wait(model.inspection.task_id)
        # The runner fetched it whole and checked its digest: the engine itself has seen it, and may make of it what it likes.
        assert ended.failure is not None
        assert ended.failure.kind in {"bad_model", "engine_crash"}
        assert {"fetching", "loading"} <= set(ended.phases)
    kept = [file.stat().st_size for file in (stack.home.path / "runner" / "cache").rglob("*") if file.is_file()]
    assert size in kept
    # The engine got it as sealed memory, which counts for no process: nobody may hold that any longer than the job.
    held = [str(fd.readlink()) for fd in Path(f"/proc/{pids['runner']}/fd").iterdir() if fd.is_symlink()]
    assert not [link for link in held if "memfd" in link]
    for name, pid in pids.items():
        peak = memory(pid, "VmHWM")
        assert peak < before[name] + MAY_GROW, f"{name} grew from {before[name]} to {peak} bytes"
        assert stack.keepers[name].starts == 1
