"""`replay_ratio`, `replay_seconds`, `history_ratio`: what reading a log of a million events costs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import nats
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from bench.big_log import LONG_HISTORY, BigLog, big_log
from bench.frame import Figure, Goal
from core.events.subjects import EVENTS
from core.nats.connection import connect
from core.nats.log import EventLog
from infra.embedded.services import Services
from projections.rebuild import rebuild

LEAST_RATIO = 0.4
MOST_SECONDS = 300
MOST_HISTORY_RATIO = 3
_ROUNDS = 30
_FETCH = 500


async def run() -> Sequence[Figure]:
    """Ours and a bare pull consumer of nats-py by turns, on the same log: the whole of it, and one task of 100 events."""
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with big_log() as log, Services(Path(folder), {"postgres"}) as database:
            known = log.services.environment
            url, seed = known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_CORE_SEED"]
            nc, plain = await connect(url, seed, name="bench"), await nats.connect(url, nkeys_seed_str=seed)
            ours, bare = await _one_task(EventLog(nc), plain, log)
            bare_s = [await _bare(plain, log.events)]
            begin = perf_counter()
            await rebuild(EventLog(nc), database.environment["MGEPROF_DATABASE_URL"], "fresh", log.events)
            replay_s = perf_counter() - begin
            bare_s.append(await _bare(plain, log.events))
            await nc.close()
            await plain.close()
    speeds = [log.events / seconds for seconds in bare_s]
    return [
        Figure("replay_ratio", "events/s", [log.events / replay_s], speeds, Goal(LEAST_RATIO, "higher")),
        Figure("replay_seconds", "s", [replay_s], goal=Goal(MOST_SECONDS)),
        Figure("history_ratio", "ms", ours, bare, Goal(MOST_HISTORY_RATIO)),
    ]


async def _one_task(events: EventLog, plain: Client, log: BigLog) -> tuple[list[float], list[float]]:
    ours, bare = [], []
    for _ in range(_ROUNDS):
        begin = perf_counter()
        history = await events.history(log.long)
        ours.append(1000 * (perf_counter() - begin))
        if len(history) != LONG_HISTORY:
            raise RuntimeError(f"the task has {len(history)} events, not {LONG_HISTORY}")
        bare.append(1000 * await _bare(plain, LONG_HISTORY, log.long.filter))
    return ours, bare


async def _bare(plain: Client, events: int, subject: str | None = None) -> float:
    """Seconds that a consumer takes that does nothing with what it fetches."""
    begin = perf_counter()
    js = plain.jetstream()
    config = ConsumerConfig(
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        filter_subject=subject,
        inactive_threshold=60,
    )
    info = await js.add_consumer(EVENTS, config)
    consumer = await js.pull_subscribe_bind(info.name, EVENTS)
    fetched = 0
    while fetched < events:
        fetched += len(await consumer.fetch(min(_FETCH, events - fetched), timeout=30))
    seconds = perf_counter() - begin
    await js.delete_consumer(EVENTS, info.name)
    await consumer.unsubscribe()
    return seconds
