"""Whatever is killed, stopped, cut off, wiped, said twice or forged while people work: what was accepted ends exactly once, and the tables are what the log says.

`make test` does each kind of fault once in an order that a seed gives; `make faults` does 200 rounds of up to three at a time, and one round at the real periods.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.events import task
from core.events.envelope import Recorded
from core.process import cancel_all
from infra.engines.environment import engine
from tests.e2e.faults.arena import BEHIND_PROXY, OURS, SERVICES, Arena, opened
from tests.e2e.faults.checks import Ledger, check, check_nothing_is_left, check_tables
from tests.e2e.faults.engines import stand_in_engine
from tests.e2e.faults.strikes import STRIKES, Bag, in_groups, stopped, strike
from tests.integration.api.user import a_model

OPEN_RUNS = 5
SERVED_WITHIN_S = 600.0
ROUNDS = 200
TABLES_EVERY = 10
NOTICED_WITHIN_S, ELSEWHERE_WITHIN_S = 60.0, 75.0
SHORT = [name for name in STRIKES if not name.startswith("stop ")]
"""Each kind once; of the many that can be stopped, the runners, the scheduler and an engine."""
SHORT += ["stop scheduler", f"stop {BEHIND_PROXY}", "stop engine"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """What users bring: the stand-in engine does not mind what is in it, and the api looks at the first bytes only."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "resnet.mge").write_bytes(a_model())
    np.save(folder / "resnet-data.npy", np.zeros((1, 3, 8, 8), np.float32))
    return folder


@contextlib.asynccontextmanager
async def busy(arena: Arena) -> AsyncIterator[None]:
    """Users keep coming meanwhile, and all are served in the end."""
    async with asyncio.timeout(SERVED_WITHIN_S):
        coming = asyncio.create_task(arena.crowd.keep_coming(OPEN_RUNS))
        try:
            yield
        finally:
            await cancel_all([coming])
        await arena.crowd.until_served()


def show(arena: Arena, ledger: Ledger, rounds: int) -> None:
    counts = {name: ledger.seen[name] for name in sorted(ledger.seen) if name.startswith(("task.", "runner."))}
    said = (
        f"{rounds} rounds, {len(arena.crowd.told)} runs; faults: {dict(sorted(arena.done.items()))}",
        f"events: {counts}",
        f"said again: {dict(arena.echo.said_again)}; forged: {dict(arena.forger.tried)}; dropped: {arena.proxy.dropped} bytes",
    )
    print("", *said, sep="\n", flush=True)  # noqa: T201 - figures for people


async def test_each_kind_of_fault_is_survived(tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(2)
    async with opened(tmp_path / "arena", stand_in_engine(tmp_path / "engine"), files, rng) as arena:
        ledger = Ledger(arena)
        async with busy(arena):
            for names in in_groups(rng.sample(SHORT, len(SHORT)), 6):
                await strike(arena, names)
        await check(arena, ledger)
        await check_tables(arena)
        assert set(arena.done) == set(SHORT)
        check_what_was_done(arena)
        with capsys.disabled():
            show(arena, ledger, 1)
        await check_nothing_is_left(arena)


@pytest.mark.soak
async def test_two_hundred_rounds(tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = random.randrange(2**32)
    rng = random.Random(seed)
    async with opened(tmp_path / "arena", stand_in_engine(tmp_path / "engine"), files, rng) as arena:
        ledger, bag = Ledger(arena), Bag(rng)
        for number in range(1, ROUNDS + 1):
            async with busy(arena):
                await strike(arena, bag.draw(3))
            await check(arena, ledger)
            if number % TABLES_EVERY == 0:
                await check_tables(arena)
                with capsys.disabled():
                    show(arena, ledger, number)
        assert set(arena.done) == set(STRIKES)
        check_what_was_done(arena)
        assert ledger.seen["task.late_report_kept"] > 0
        print("seed", seed)  # noqa: T201 - shown when the test fails
        await check_nothing_is_left(arena)


@pytest.mark.soak
@pytest.mark.engine
async def test_real_engines_are_killed_too(
    tmp_path: Path, examples: Path, engine_python: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert engine_python.exists()
    rng = random.Random(3)
    async with opened(tmp_path / "arena", engine("1.13.0"), examples, rng) as arena:
        ledger = Ledger(arena)
        for _ in range(10):
            async with busy(arena):
                await strike(arena, ["kill engine", *rng.sample([f"kill {part}" for part in (*OURS, *SERVICES)], 2)])
            await check(arena, ledger)
        await check_tables(arena)
        with capsys.disabled():
            show(arena, ledger, 10)
        await check_nothing_is_left(arena)


def check_what_was_done(arena: Arena) -> None:
    """The faults were faults: where they were done something was lost on the way, said again, and forged."""
    if arena.done["partition"]:
        assert arena.proxy.dropped > 0
    if arena.done["duplicates"]:
        assert all(arena.echo.said_again[kind] for kind in ("dispatch", "report", "rpc"))
    if arena.done["forgery"]:
        assert arena.forger.tried.total() > 0


@pytest.mark.soak
async def test_at_the_real_periods_a_lost_runner_is_noticed_and_its_work_done_elsewhere(
    tmp_path: Path, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(4)
    settings = {"MGEPROF_RUNNER_SANDBOX": "none"}
    home, stand_in = tmp_path / "arena", stand_in_engine(tmp_path / "engine")
    async with opened(home, stand_in, files, rng, settings=settings, beat_s=10.0) as arena:
        asked = await arena.crowd.ask(iterations=10_000)
        began = await until_event(arena, asked, task.Started, 1)
        [part] = [name for name, id_ in arena.ids.items() if id_ == began.data.runner_id]
        with stopped(arena.stack.keepers[part], whole=False):
            since = time.monotonic()
            lost = await until_event(arena, asked, task.AttemptLost, 1)
            noticed = time.monotonic() - since
            again = await until_event(arena, asked, task.Started, 2)
            elsewhere = time.monotonic() - since
        assert lost.data.reason is task.LossReason.LEASE_ENDED
        assert again.data.runner_id != began.data.runner_id
        with capsys.disabled():
            print(f"\nnoticed after {noticed:.1f} s, its work elsewhere after {elsewhere:.1f} s")  # noqa: T201 - figures for people
        assert noticed <= NOTICED_WITHIN_S
        assert elsewhere <= ELSEWHERE_WITHIN_S
        await arena.crowd.until_served()
        ledger = Ledger(arena)
        await check(arena, ledger)
        assert ledger.seen["task.late_report_kept"] + ledger.seen["task.attempt_lost"] > 0


async def until_event(arena: Arena, id_: str, kind: type[Any], times: int) -> Recorded[Any]:
    """The event as soon as the task has so many of its kind."""
    ledger = Ledger(arena)
    async with asyncio.timeout(120):
        while True:
            await ledger.read()
            found = [event for event in ledger.tasks[id_] if isinstance(event.data, kind)]
            if len(found) >= times:
                return found[times - 1]
            await asyncio.sleep(0.2)
