"""Wires the scheduler and runs it."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import structlog
from asyncpg.pool import PoolConnectionProxy
from prometheus_client import REGISTRY, start_http_server

from core.nats.connection import connect
from core.nats.control import ControlLink
from core.nats.log import EventLog
from core.nats.streams import StreamSettings, ensure_events
from core.postgres.connection import Pool, open_pool
from core.postgres.migrate import migrate
from core.process import notify, notify_ready, run_until
from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from core.scheduler.clock import Clock
from core.scheduler.metrics import BoardMetrics
from core.scheduler.scheduler import Scheduler
from core.scheduler.settings import Periods, SchedulerSettings
from core.scheduler.store import MIGRATIONS, SCHEMA, BoardStore

logger = structlog.get_logger(__name__)

_ONLY_ONE = 0x6D67655F736368
"""Advisory lock of the scheduler that works; others stand by behind it."""


async def serve(settings: SchedulerSettings, periods: Periods, s3: S3Settings, stop: asyncio.Event) -> None:
    """Run the scheduler until ``stop`` is set."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(settings.database_url, size=4, search_path=SCHEMA)
        stack.push_async_callback(pool.close)
        await migrate(settings.database_url, SCHEMA, MIGRATIONS)
        holding = await _be_the_only_one(pool, stop)
        if holding is None:
            return
        stack.push_async_callback(pool.release, holding)
        scheduler = await _wire(stack, settings, periods, s3, pool, stop)
        await scheduler.catch_up()
        await scheduler.serve_calls()
        if settings.metrics_port:
            REGISTRY.register(BoardMetrics(scheduler.board))
            start_http_server(settings.metrics_port, addr="127.0.0.1")
        notify_ready()
        loops = (
            scheduler.follow,
            scheduler.take_reports,
            scheduler.decide,
            scheduler.watch_the_clock,
            partial(_keep, holding),
        )
        await run_until(stop, *(asyncio.create_task(loop()) for loop in loops))


async def _wire(
    stack: AsyncExitStack,
    settings: SchedulerSettings,
    periods: Periods,
    s3: S3Settings,
    pool: Pool,
    stop: asyncio.Event,
) -> Scheduler:
    core = await connect(settings.nats_url, settings.nats_core_seed, name="scheduler", closed=stop.set)
    stack.push_async_callback(core.close)
    run = await connect(settings.nats_url, settings.nats_run_seed, name="scheduler", closed=stop.set)
    stack.push_async_callback(run.close)
    streams = StreamSettings(replicas=settings.stream_replicas)
    await ensure_events(core.jetstream(), streams)
    link = ControlLink(run, streams)
    await link.ensure_streams()
    objects = await stack.enter_async_context(ObjectStore.open(s3))
    store = BoardStore(pool)
    board = await store.load()
    return Scheduler(board, EventLog(core), link, store, objects, periods, Clock())


async def _be_the_only_one(pool: Pool, stop: asyncio.Event) -> PoolConnectionProxy | None:
    """The connection that holds the lock, or None when asked to stop while standing by."""
    connection: PoolConnectionProxy = await pool.acquire()
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _ONLY_ONE):
        notify("STATUS=standing by")
        try:
            await asyncio.wait_for(stop.wait(), 0.5)
        except TimeoutError:
            continue
        await pool.release(connection)
        return None
    return connection


async def _keep(holding: PoolConnectionProxy) -> None:
    """Fail when the connection that holds the lock is gone: another scheduler may work by now."""
    while True:
        await asyncio.sleep(1.0)
        await holding.fetchval("SELECT 1")
