"""`orders_per_second`, `order_p99_ms`, `scheduler_mb`, `scheduler_fold_s`, `scheduler_start_s`: what the scheduler does with 100,000 tasks that wait.

The tasks are loaded while the broker syncs when it likes; then it is started anew with fsync before each acknowledgement, and the scheduler folds the log. 200 simulated
runners of 32 slots each. First all slots are free at once: how many orders arrive a second. Then slots become free one after the other, 300 a
second: how long each waits for its order. Before that the scheduler is started twice: once it has to fold the log, then it finds its board in the database.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import psutil

from bench.fleet.simulated import SLOTS, SimulatedRunner
from bench.fleet.stack import core_of, load, null_stack, run_of
from bench.frame import Figure, Goal
from core.nats.streams import StreamSettings, ensure_events
from core.process import cancel_all
from infra.embedded.stack import Stack

WAITING, RUNNERS = 100_000, 200
AT_ONCE, WINDOW = 3_000, 500
A_SECOND, SECONDS = 300, 10
ORDERS_GOAL, LATENCY_GOAL_MS, MEMORY_GOAL_MB = 300, 250, 300
SYNCED, UNSYNCED = "sync_interval: always", "sync_interval: 2m"


async def run(waiting: int = WAITING) -> Sequence[Figure]:
    """Orders a second, the 99th percentile of an order's latency, the scheduler's highest memory, and its two starts."""
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with null_stack(Path(folder) / "home", ["scheduler"]) as stack:
            await _fill(stack, waiting)
            fold_s = await _started(stack)
            memory = _peak_mb(stack.keepers["scheduler"].pid)
            await stack.keepers["scheduler"].stop()
            start_s = await _started(stack)
            async with AsyncExitStack() as opened:
                nc = await run_of(stack)
                opened.push_async_callback(nc.close)
                runners = [SimulatedRunner(nc) for _ in range(RUNNERS)]
                for one in runners:
                    await one.hello()
                loops = [asyncio.create_task(one.take_orders()) for one in runners]
                beats = [asyncio.create_task(one.beat_for_ever(10.0, n / 10)) for n, one in enumerate(runners)]
                opened.push_async_callback(cancel_all, [*loops, *beats])
                rates = await _unless_broken(_all_at_once(runners), [*loops, *beats])
                waits = await _unless_broken(_one_by_one(runners), [*loops, *beats])
                memory = max(memory, _peak_mb(stack.keepers["scheduler"].pid))
    return [
        Figure("orders_per_second", "orders/s", rates, goal=Goal(ORDERS_GOAL, "higher")),
        Figure("order_p99_ms", "ms", [_p99(waits) * 1000], goal=Goal(LATENCY_GOAL_MS)),
        Figure("scheduler_mb", "MB", [memory], goal=Goal(MEMORY_GOAL_MB)),
        Figure("scheduler_fold_s", "s", [fold_s]),
        Figure("scheduler_start_s", "s", [start_s]),
    ]


async def _started(stack: Stack) -> float:
    """Seconds until the scheduler says that it is ready."""
    began = perf_counter()
    await stack.services.supervisor.start("scheduler")
    return perf_counter() - began


async def _fill(stack: Stack, waiting: int) -> None:
    """Lay the tasks into the log, quickly; leave with a broker that syncs always."""
    supervisor = stack.services.supervisor
    config = stack.home.path / "nats" / "nats.conf"
    config.write_text(config.read_text().replace(SYNCED, UNSYNCED))
    await supervisor.start("nats", "postgres", "s3")
    nc = await core_of(stack)
    await ensure_events(nc.jetstream(), StreamSettings())
    await load(nc, waiting)
    await nc.close()
    await supervisor.keepers["nats"].stop()
    config.write_text(config.read_text().replace(UNSYNCED, SYNCED))
    await supervisor.keepers["nats"].start()


async def _unless_broken(work: Coroutine[None, None, list[float]], others: Sequence[asyncio.Task[None]]) -> list[float]:
    """What the work gives, or why one of the others ended."""
    mine = asyncio.create_task(work)
    done, _ = await asyncio.wait([mine, *others], return_when=asyncio.FIRST_COMPLETED)
    for one in done - {mine}:
        mine.cancel()
        one.result()
    return mine.result()


async def _all_at_once(runners: Sequence[SimulatedRunner]) -> list[float]:
    """Orders a second, for each window of so many orders."""
    for one in runners:
        await one.ready(AT_ONCE // len(runners))
    marks = [perf_counter()]
    for count in range(WINDOW, AT_ONCE + 1, WINDOW):
        while sum(len(one.waits) for one in runners) < count:  # noqa: ASYNC110 - of many runners
            await asyncio.sleep(0.005)
        marks.append(perf_counter())
    return [WINDOW / (end - begin) for begin, end in pairwise(marks)]


async def _one_by_one(runners: Sequence[SimulatedRunner]) -> list[float]:
    """Seconds from when a slot is free to its order, at a steady rate that waits for nobody: what finds no idle runner counts from when it should have."""
    total = A_SECOND * SECONDS
    assert SLOTS * len(runners) >= total + AT_ONCE
    idle, late = deque(runners), deque[float]()

    async def served(runner: SimulatedRunner) -> None:
        if runner.full:
            return
        if late:
            await runner.ready(since=late.popleft())
        else:
            idle.append(runner)

    for one in runners:
        one.waits.clear()
        one.served = served
    began = perf_counter()
    for number in range(total):
        due = began + number / A_SECOND
        await asyncio.sleep(max(0.0, due - perf_counter()))
        if idle:
            await idle.popleft().ready(since=due)
        else:
            late.append(due)
    async with asyncio.timeout(120):
        while sum(len(one.waits) for one in runners) < total:  # noqa: ASYNC110 - of many runners
            await asyncio.sleep(0.01)
    return [wait for one in runners for wait in one.waits]


def _p99(samples: Sequence[float]) -> float:
    return sorted(samples)[int(len(samples) * 0.99)]


def _peak_mb(pid: int | None) -> float:
    """High water of resident memory, from the kernel."""
    assert psutil.pid_exists(pid or 0)
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000
