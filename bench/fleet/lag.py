"""`lag_p99_s`: how far the tables are behind the log, while 1,000 simulated runners beat and 200 events a second are appended.

Each runner has a connection of its own and comes in through the callout, as real ones do. Submissions for an engine that nobody has are appended, and the scheduler
queues them: two events each.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import asyncpg

from bench.fleet.simulated import SimulatedRunner
from bench.fleet.stack import core_of, null_stack, submit
from bench.frame import Figure, Goal
from core.events.ids import RunnerId, new_id
from core.nats.callout import Callout
from core.nats.connection import connect
from core.nats.log import EventLog
from core.nats.nkey import public_key, user_seed
from core.process import cancel_all
from infra.embedded.stack import Stack

RUNNERS, BEAT_S = 1_000, 10.0
SECONDS, SUBMISSIONS_A_SECOND = 60, 100
NOBODYS = "0.0.1"
LOOK_EVERY_S = 0.02
GOAL_S = 1.0


async def run(runners: int = RUNNERS, seconds: float = SECONDS) -> Sequence[Figure]:
    """The 99th percentile, in seconds, over all events of that minute."""
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with null_stack(Path(folder) / "home", ["scheduler", "projector"]) as stack:
            await stack.start()
            async with AsyncExitStack() as opened:
                nc = await core_of(stack)
                opened.push_async_callback(nc.close)
                log = EventLog(nc)
                await _crowd(stack, runners, opened)
                tables = await asyncpg.connect(stack.services.environment["MGEPROF_DATABASE_URL"])
                opened.push_async_callback(tables.close)
                lags = await _lags(log, tables, seconds)
    return [Figure("lag_p99_s", "s", [sorted(lags)[int(len(lags) * 0.99)]], goal=Goal(GOAL_S))]


async def _crowd(stack: Stack, count: int, opened: AsyncExitStack) -> None:
    """So many runners, connected, known and beating."""
    url, secrets = stack.services.environment["MGEPROF_NATS_URL"], stack.services.secrets
    keys: dict[str, RunnerId] = {}

    async def admit(key: str) -> RunnerId | None:
        return keys.get(key)

    auth = await connect(url, secrets.nats_auth, name="bench callout")
    opened.push_async_callback(auth.close)
    await Callout(auth, secrets.nats_issuer, secrets.nats_xkey, admit, time.time).serve()
    beats: list[asyncio.Task[None]] = []
    opened.push_async_callback(cancel_all, beats)
    for number in range(count):
        seed, runner = user_seed(), RunnerId(new_id())
        keys[public_key(seed)] = runner
        nc = await connect(url, seed, name=f"bench {number}", inbox_prefix=f"_INBOX_{runner}")
        opened.push_async_callback(nc.close)
        one = SimulatedRunner(nc, runner)
        await one.hello()
        beats.append(asyncio.create_task(one.beat_for_ever(BEAT_S, BEAT_S * number / count)))


async def _lags(log: EventLog, tables: asyncpg.Connection, seconds: float) -> list[float]:
    """Of each event: seconds from its time in the log to the look that found it in the tables."""
    first = await log.last_sequence()
    appending = asyncio.create_task(_append(log, seconds))
    seen: list[tuple[int, float]] = []
    while not appending.done() or not seen or seen[-1][0] < await log.last_sequence():
        sequence = await tables.fetchval("SELECT sequence FROM read.projection_checkpoint")
        seen.append((sequence, datetime.now(UTC).timestamp()))
        await asyncio.sleep(LOOK_EVERY_S)
    appending.result()
    lags: list[float] = []
    looks = iter(seen)
    reached, at = next(looks)
    async for events in log.follow(first):
        for event in events:
            while reached < event.sequence:
                reached, at = next(looks)
            lags.append(at - event.time.timestamp())
        if not events or events[-1].sequence >= seen[-1][0]:
            break
    assert len(lags) >= 1.9 * SUBMISSIONS_A_SECOND * seconds, f"only {len(lags)} events"
    return lags


async def _append(log: EventLog, seconds: float) -> None:
    """A steady rate that waits for nobody."""
    began, sent = perf_counter(), []
    for number in range(int(seconds * SUBMISSIONS_A_SECOND)):
        await asyncio.sleep(max(0.0, began + number / SUBMISSIONS_A_SECOND - perf_counter()))
        sent.append(asyncio.create_task(submit(log, number, NOBODYS)))
    await asyncio.gather(*sent)
