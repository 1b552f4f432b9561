"""Wires the scheduler and runs it."""

import asyncio
import gc
from contextlib import AsyncExitStack
from functools import partial

import structlog
from asyncpg.pool import PoolConnectionProxy
from prometheus_client import REGISTRY, start_http_server

from core.nats.asks import serve_waiting
from core.nats.connection import connect
from core.nats.control import ControlLink
from core.nats.log import EventLog
from core.nats.streams import StreamSettings, ensure_events, until_led
from core.postgres.connection import Pool, open_pool
from core.postgres.migrate import migrate
from core.process import notify, notify_ready, run_until, unless_stopped
from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from core.scheduler.clock import Clock
from core.scheduler.explain import explain
from core.scheduler.metrics import BoardMetrics
from core.scheduler.scheduler import Scheduler
from core.scheduler.settings import Periods, SchedulerSettings
from core.scheduler.store import MIGRATIONS, SCHEMA, BoardStore

logger = structlog.get_logger(__name__)

_ONLY_ONE = 0x6D67655F736368
"""Advisory lock of the scheduler that works; others stand by behind it."""

_LOOK_AGAIN_S = 0.5
_SILENT_S = 5.0


async def serve(settings: SchedulerSettings, periods: Periods, s3: S3Settings, stop: asyncio.Event) -> None:
    """Run the scheduler until ``stop`` is set."""
    # At once: one that stands by is well, too.
    if settings.metrics_port:
        start_http_server(settings.metrics_port, addr=settings.metrics_host)
    async with AsyncExitStack() as stack:
        started = await unless_stopped(stop, _start(stack, settings, periods, s3, stop))
        if started is None:
            return
        scheduler, holding = started
        if settings.metrics_port:
            REGISTRY.register(BoardMetrics(scheduler.board))
        notify_ready()
        loops = (
            scheduler.follow,
            scheduler.keep_stored,
            scheduler.take_reports,
            scheduler.take_steps,
            scheduler.give_out_work,
            scheduler.watch_the_clock,
            partial(keep, holding),
        )
        await run_until(stop, *(asyncio.create_task(loop()) for loop in loops))


async def _start(
    stack: AsyncExitStack, settings: SchedulerSettings, periods: Periods, s3: S3Settings, stop: asyncio.Event
) -> tuple[Scheduler, PoolConnectionProxy]:
    """A scheduler that has caught up and answers calls, and the connection that makes it the only one."""
    database_url = settings.database_url.get_secret_value()
    pool = await open_pool(database_url, size=4, search_path=SCHEMA)
    stack.push_async_callback(pool.close)
    await migrate(database_url, SCHEMA, MIGRATIONS)
    holding: PoolConnectionProxy = await stack.enter_async_context(pool.acquire())
    await _be_the_only_one(holding)
    scheduler = await _wire(stack, settings, periods, s3, pool, stop)
    await scheduler.catch_up()
    # The board stays: to look through a hundred thousand tasks for what can go would stop everything for a third of a second.
    gc.collect()
    gc.freeze()
    await scheduler.serve_calls()
    return scheduler, holding


async def _wire(
    stack: AsyncExitStack,
    settings: SchedulerSettings,
    periods: Periods,
    s3: S3Settings,
    pool: Pool,
    stop: asyncio.Event,
) -> Scheduler:
    core = await connect(
        settings.nats_url, settings.nats_core_seed.get_secret_value(), name="scheduler", closed=stop.set
    )
    stack.push_async_callback(core.close)
    run = await connect(settings.nats_url, settings.nats_run_seed.get_secret_value(), name="scheduler", closed=stop.set)
    stack.push_async_callback(run.close)
    streams = StreamSettings(replicas=settings.nats_replicas)
    link = ControlLink(run, streams)
    async for attempt in until_led():
        with attempt:
            await ensure_events(core.jetstream(), streams)
            await link.ensure_streams()
    objects = await stack.enter_async_context(ObjectStore.open(s3))
    store = BoardStore(pool)
    board = await store.load()
    board.held.most = settings.quota_running
    await serve_waiting(core, partial(explain, board))
    return Scheduler(board, EventLog(core), link, store, objects, periods, Clock())


async def _be_the_only_one(holding: PoolConnectionProxy) -> None:
    """Stand by until the lock is free, and hold it with this connection."""
    while not await holding.fetchval("SELECT pg_try_advisory_lock($1)", _ONLY_ONE):
        notify("STATUS=standing by")
        await asyncio.sleep(_LOOK_AGAIN_S)


async def keep(holding: PoolConnectionProxy) -> None:
    """Fail when the connection that holds the lock is gone or says nothing any more: another scheduler may work by now."""
    while True:
        await asyncio.sleep(_LOOK_AGAIN_S)
        await holding.fetchval("SELECT 1", timeout=_SILENT_S)
