"""A process that is up before there is a job: used once, made again when nothing runs, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.events.failure import FailureKind
from runner.engine import spares as spares_module
from runner.engine.drivers.megengine import WORKER, worker_command
from runner.engine.job import EngineFailed, EngineLimits
from runner.engine.spares import Spares
from runner.engine.worker.start import POLL_NS
from runner.sandbox.sandbox import Sandbox
from tests.integration.engine.conftest import Examples, Heard, Measure

pytestmark = pytest.mark.engine


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(180):
        while not condition():  # noqa: ASYNC110 - processes tell nobody
            await asyncio.sleep(0.02)


def children() -> set[int]:
    """Engine processes that we started and that still are; the services of other tests are our children too."""
    own = Path(f"/proc/{os.getpid()}/task")
    started: set[int] = set()
    for task in own.iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended since
            started |= {int(pid) for pid in (task / "children").read_text().split()}
    return {pid for pid in started if _is_engine(pid)}


def below(pid: int) -> list[int]:
    """What a process started, what that started, and so on: bubblewrap stands before the engine."""
    started = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*started, *(other for one in started for other in below(one))]


def _is_engine(pid: int) -> bool:
    try:
        return str(WORKER).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # it has ended since
        return False


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
async def spares(
    engine_python: Path, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Spares]:
    monkeypatch.setattr(spares_module, "SETTLE_S", 0.05)
    kept = Spares(tmp_path / "spares", [worker_command(engine_python, sandbox)])
    keeper = asyncio.create_task(kept.keep())
    yield kept
    keeper.cancel()
    await asyncio.wait([keeper])
    await kept.close()


def threads(pid: int) -> dict[str, int]:
    """Timer slack by thread, in nanoseconds; of threads with the same name the largest."""
    slack: dict[str, int] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        slack[name] = max(slack.get(name, 0), int(Path(f"/proc/{task.name}/timerslack_ns").read_text()))
    return slack


async def test_a_spare_waits_quietly_and_without_what_only_downloads(spares: Spares) -> None:
    await until(lambda: spares.ready() == 1)
    [spare] = children()
    pid = [spare, *below(spare)][-1]
    slack = threads(pid)
    assert slack["CompNodeSync"] == POLL_NS
    assert Path(f"/proc/{pid}/timerslack_ns").read_text().strip() == "50000"  # the thread that measures
    mapped = Path(f"/proc/{pid}/maps").read_text()
    assert "megengine" in mapped
    assert "cryptography" not in mapped  # paramiko's, by way of megfile


async def test_a_job_takes_the_spare_and_the_next_is_made_afterwards(
    spares: Spares, examples: Examples, measure: Measure
) -> None:
    await until(lambda: spares.ready() == 1)
    with spares.busy():
        run = await measure(examples.model("resnet"), examples.inputs("resnet"), spares=spares, iterations=2)
        assert run.measurement.warm
        assert tuple(run.heard.phases) == tuple(run.measurement.phases)
        await asyncio.sleep(0.3)  # several times as long as the spares wait for quiet
        assert spares.ready() == 0
        assert not children()
    await until(lambda: spares.ready() == 1)


async def test_without_a_spare_the_engine_is_started_for_the_job(
    spares: Spares, examples: Examples, measure: Measure
) -> None:
    with spares.busy():
        run = await measure(examples.model("resnet"), examples.inputs("resnet"), spares=spares, iterations=1)
    assert not run.measurement.warm


async def test_a_dead_spare_is_noticed_and_replaced(spares: Spares) -> None:
    await until(lambda: spares.ready() == 1)
    (first,) = children()
    os.kill(first, signal.SIGKILL)
    await until(lambda: spares.ready() == 1 and first not in children())


async def test_a_spare_that_dies_as_it_gets_the_job_is_replaced_by_a_new_process(
    spares: Spares, examples: Examples, measure: Measure
) -> None:
    await until(lambda: spares.ready() == 1)
    (spare,) = children()
    # It hears nothing any more; whether its death is seen before or after the job is given to it is all the same.
    for pid in (spare, *below(spare)):
        os.kill(pid, signal.SIGSTOP)
    with spares.busy():
        running = asyncio.create_task(
            measure(examples.model("resnet"), examples.inputs("resnet"), spares=spares, iterations=1)
        )
        await asyncio.sleep(0.2)
        os.kill(spare, signal.SIGKILL)
        run = await running
    assert not run.measurement.warm
    assert len(run.measurement.latencies) == 1


async def test_limits_hold_in_a_spare_and_count_from_the_job(
    spares: Spares, examples: Examples, measure: Measure
) -> None:
    await until(lambda: spares.ready() == 1)
    with pytest.raises(EngineFailed) as failed, spares.busy():
        await measure(
            examples.model("huge"), examples.inputs("huge"), spares=spares, limits=EngineLimits(memory_bytes=2**28)
        )
    assert failed.value.kind is FailureKind.OUT_OF_MEMORY
    await until(lambda: spares.ready() == 1)
    with pytest.raises(EngineFailed) as failed, spares.busy():
        await measure(
            examples.model("resnet"),
            examples.inputs("resnet"),
            spares=spares,
            limits=EngineLimits(wall_s=1.0),
            iterations=100_000,
        )
    assert failed.value.kind is FailureKind.TIME_LIMIT


async def test_a_cancelled_job_ends_its_spare(
    spares: Spares, examples: Examples, measure: Measure, tmp_path: Path
) -> None:
    await until(lambda: spares.ready() == 1)
    heard = Heard(tmp_path)
    with spares.busy():
        run = asyncio.create_task(
            measure(examples.model("resnet"), examples.inputs("resnet"), spares=spares, heard=heard, iterations=100_000)
        )
        await until(lambda: "timing" in heard.phases)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert not children()
        assert list((tmp_path / "spares").iterdir()) == []


async def test_crashes_in_a_row_leave_nothing(
    spares: Spares, examples: Examples, measure: Measure, tmp_path: Path, soak: bool
) -> None:
    async def crash() -> None:
        await until(lambda: spares.ready() == 1)
        with pytest.raises(EngineFailed) as failed, spares.busy():
            await measure(examples.model("crash"), examples.inputs("crash"), spares=spares)
        assert failed.value.kind is FailureKind.ENGINE_CRASH

    await crash()
    await until(lambda: spares.ready() == 1)
    before = descriptors()
    for _ in range(10 if soak else 3):
        await crash()
    await until(lambda: spares.ready() == 1)
    assert descriptors() <= before  # fewer: others in this process may close theirs meanwhile
    assert len(children()) == 1
    assert len(list((tmp_path / "spares").iterdir())) == 1


async def test_spares_can_be_turned_off(
    engine_python: Path, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spares_module, "SETTLE_S", 0.01)
    kept = Spares(tmp_path / "spares", [worker_command(engine_python, sandbox)], most=0)
    keeper = asyncio.create_task(kept.keep())
    await asyncio.sleep(0.2)
    assert not children()
    keeper.cancel()
    await asyncio.wait([keeper])
