"""The projector's process, wired."""

import asyncio
from contextlib import AsyncExitStack

from core.nats.connection import BrokerUnreachableError, connect
from core.nats.log import EventLog
from core.nats.streams import StreamSettings, ensure_events, until_led
from core.postgres.connection import Connection, open_pool
from core.process import notify_ready, run_until
from projections.metrics import Metrics
from projections.projector import project, stand_by, watch_lag
from projections.settings import Settings


async def serve(settings: Settings) -> None:
    """Connect, wait for our turn, and project for ever.

    Raises BrokerUnreachableError and DatabaseUnreachableError; one of ``projector.FAULTS``; asyncpg's errors when the database goes away.
    """
    metrics, broker_gone = Metrics(), asyncio.Event()
    metrics.serve(settings.metrics_host, settings.metrics_port)
    async with AsyncExitStack() as stack:
        nc = await connect(
            settings.nats_url, settings.nats_core_seed.get_secret_value(), name="projector", closed=broker_gone.set
        )
        stack.push_async_callback(nc.close)
        pool = await open_pool(settings.database_url.get_secret_value(), size=1)
        stack.callback(pool.terminate)
        # One connection for all: whoever loses it loses the lock with it, and can write nothing more.
        connection = await stack.enter_async_context(pool.acquire())
        async for attempt in until_led():
            with attempt:
                await ensure_events(nc.jetstream(), StreamSettings(replicas=settings.nats_replicas))
        work = asyncio.create_task(_take_turn(connection, EventLog(nc), settings, metrics), name="project")
        lag = asyncio.create_task(watch_lag(EventLog(nc), metrics), name="lag")
        await run_until(broker_gone, work, lag)
        raise BrokerUnreachableError(
            "the broker closed the connection for good: our credentials are not valid any more"
        )


async def _take_turn(connection: Connection, log: EventLog, settings: Settings, metrics: Metrics) -> None:
    # A standby serves by standing by: its supervisor need not wait for its turn.
    name = settings.projector_schema
    await stand_by(connection, name, waiting=notify_ready)
    await project(connection, log, name, metrics=metrics, batch=settings.projector_batch, ready=notify_ready)
