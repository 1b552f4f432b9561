"""What the scheduler stands: a database or a broker that is not there, and streams that were lost."""

import asyncio
import os
import signal

import pytest

from core.events.subjects import DISPATCH
from core.nats.connection import connect
from core.postgres.connection import open_pool
from core.s3.settings import S3Settings
from core.scheduler.serve import keep, serve
from core.scheduler.settings import Periods, SchedulerSettings
from infra.embedded.services import Services
from tests.integration.scheduler.conftest import ScriptedRunner, Tasks

BEGUN = ("submitted", "queued", "started")


async def test_a_scheduler_that_still_looks_for_the_broker_ends_when_asked_to(
    surroundings: dict[str, str], broker: Services
) -> None:
    assert surroundings
    await broker["nats"].stop()
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(SchedulerSettings(), Periods(), S3Settings(), stop))
    await asyncio.sleep(1)
    assert not serving.done()
    stop.set()
    async with asyncio.timeout(120):
        await serving


async def test_a_database_that_says_nothing_any_more_ends_the_scheduler(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection stands, but the lock may be somebody else's by now."""
    monkeypatch.setattr("core.scheduler.serve._SILENT_S", 0.5)
    pool = await open_pool(database_url, size=1)
    async with pool.acquire() as holding:
        pid = await holding.fetchval("SELECT pg_backend_pid()")
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(120):
                    await keep(holding)
        finally:
            os.kill(pid, signal.SIGCONT)
    await pool.close()


@pytest.mark.parametrize("lost", ["stream", "consumer"])
async def test_orders_find_a_way_when_theirs_was_lost(
    tasks: Tasks, runner: ScriptedRunner, broker: Services, lost: str
) -> None:
    run = await connect(broker.environment["MGEPROF_NATS_URL"], broker.environment["MGEPROF_NATS_RUN_SEED"], name="t")
    if lost == "stream":
        await run.jetstream().delete_stream(DISPATCH)
    else:
        await run.jetstream().delete_consumer(DISPATCH, f"runner-{runner.id}")
    await run.close()
    key = await tasks.submit()
    await runner.ready()
    await tasks.until(key, *BEGUN)
    assert (await runner.take()).ref.task == key.id


async def test_attempts_outlive_a_broker_that_is_away_for_longer_than_a_lease(
    tasks: Tasks, runner: ScriptedRunner, broker: Services
) -> None:
    key = await tasks.submit()
    await runner.ready()
    ref = (await runner.take()).ref
    await broker["nats"].stop()
    await asyncio.sleep(2)
    await broker["nats"].start()
    await broker["nats"].until_ready()
    async with asyncio.timeout(120):
        while not await _answered(runner):  # noqa: ASYNC110 - it is the scheduler that comes back
            await asyncio.sleep(0.05)
    assert runner.attempts == [ref]
    assert [event.type for event in await tasks.log.history(key)] == list(BEGUN)


async def _answered(runner: ScriptedRunner) -> bool:
    try:
        answer = await runner.beat()
    except Exception:  # noqa: BLE001 - the connection comes back by itself
        return False
    return answer.known and not answer.stop
