"""Models that would take a runner down if they could: each fails in its own way, and nothing of it stays behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client.client import Client
from core.events.failure import EXPLANATIONS, FailureKind
from infra.embedded.stack import Stack
from tests.e2e.processes import engines_of, parent_of, until

pytestmark = pytest.mark.engine

GROWTH = 24 * 2**20
"""Bytes by which a runner may grow over a few runs: its allocator is not exact."""


@dataclass(frozen=True)
class Hostile:
    """``words`` of the message."""

    model: str
    inputs: tuple[str, ...]
    kind: FailureKind
    words: str
    options: Mapping[str, Any] = field(default_factory=dict)


ALL = (
    Hostile("huge", ("x", "shape"), FailureKind.OUT_OF_MEMORY, "160000000000"),
    Hostile("slow", ("x", "shape"), FailureKind.TIME_LIMIT, "time limit", {"time_limit_s": 2}),
    Hostile("crash", ("number", "divisor"), FailureKind.ENGINE_CRASH, "SIGFPE"),
    # 25 GB, were it let.
    Hostile("talk", ("x",), FailureKind.OUTPUT_LIMIT, "log grew over the limit", {"iterations": 100_000}),
)


@dataclass(frozen=True)
class Held:
    """What a process holds: descriptors, children, bytes in memory."""

    descriptors: int
    children: int
    resident: int

    @staticmethod
    def by(pid: int) -> Held:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        resident = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))
        children = [one for one in Path("/proc").iterdir() if one.name.isdigit() and parent_of(int(one.name)) == pid]
        return Held(len(list(Path(f"/proc/{pid}/fd").iterdir())), len(children), resident)


@pytest.fixture
async def orders(client: Client, examples: Path) -> list[tuple[Hostile, str, dict[str, str]]]:
    """Each with its model and inputs uploaded, and the model inspected: none is hostile when it is only looked at."""
    made = []
    for one in ALL:
        model = await client.upload_model(examples / f"{one.model}.mge")
        assert model.inspection is not None
        assert (await client.wait(model.inspection.task_id)).state == "completed"
        inputs = {name: (await client.upload_input(examples / f"{one.model}-{name}.npy")).id for name in one.inputs}
        made.append((one, model.id, inputs))
    return made


async def test_each_fails_in_its_own_way_and_leaves_nothing(
    stack: Stack, client: Client, orders: list[tuple[Hostile, str, dict[str, str]]], soak: bool
) -> None:
    runner = stack.keepers["runner"]
    pid, scratch = runner.pid, stack.home.path / "runner" / "scratch"
    assert pid is not None

    async def rest(pid: int) -> Held:
        await until(lambda: len(engines_of(stack.home.path)) == 1, "only the spare is left")
        assert [one.name for one in scratch.iterdir()] == ["spares"]
        assert len(list((scratch / "spares").iterdir())) == 1
        return Held.by(pid)

    async def one_round() -> None:
        for one, model, inputs in orders:
            task = await client.submit(model, platform="x86", engine="1.13.0", inputs=inputs, options=one.options)
            failure = (await client.wait(task.id)).failure
            assert failure is not None, one.model
            assert (failure.kind, failure.hint) == (one.kind, EXPLANATIONS[one.kind].hint)
            assert one.words in (failure.message or "")

    # The models were inspected by now: all that a runner loads only once is there.
    before = await rest(pid)
    for _ in range(10 if soak else 1):
        await one_round()
    after = await rest(pid)
    assert after.descriptors <= before.descriptors
    assert after.children == before.children
    assert after.resident < before.resident + GROWTH
    assert (runner.pid, runner.starts) == (pid, 1)
