"""A connection that is gone for good says so, whatever keeps the library from coming to an end."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.nats.connection import connect
from infra.embedded.services import Services


@pytest.mark.parametrize("trouble", [None, ConnectionResetError("gone")], ids=["waits for ever", "fails"])
async def test_a_connection_that_is_refused_says_that_it_is_gone(services: Services, trouble: OSError | None) -> None:
    gone = asyncio.Event()
    url, seed = services.environment["MGEPROF_NATS_URL"], services.environment["MGEPROF_NATS_CORE_SEED"]
    nc = await connect(url, seed, name="test", closed=gone.set)

    async def hinder() -> None:
        if trouble is not None:
            raise trouble
        await asyncio.Event().wait()

    transport = nc._transport
    assert transport is not None
    transport.drain = hinder  # type: ignore[method-assign] # as at a peer that is not there any more
    nc._pending, nc._pending_data_size = [b"PING\r\n"], 6
    before = asyncio.all_tasks()
    await nc._process_err("'Authorization Violation'")
    async with asyncio.timeout(5):
        await gone.wait()
    [ending] = asyncio.all_tasks() - before
    ending.cancel()
    await asyncio.gather(ending, return_exceptions=True)
    transport.close()


async def test_no_cancellation_is_lost_when_it_comes_together_with_the_answer(services: Services) -> None:
    url, seed = services.environment["MGEPROF_NATS_URL"], services.environment["MGEPROF_NATS_CORE_SEED"]
    nc = await connect(url, seed, name="test")
    ends = []
    for turns in range(20):
        asking = asyncio.create_task(nc.request("$JS.API.INFO", timeout=5))
        await asyncio.sleep(0)
        await nc._flush_pending(force_flush=True)
        time.sleep(0.02)  # noqa: ASYNC251 - the answer is there before the loop looks again
        for _ in range(turns):
            await asyncio.sleep(0)
        if asking.cancel():
            await asyncio.wait({asking}, timeout=5)
            ends.append(asking.cancelled())
    await nc.close()
    assert len(ends) > 2, "it was over before it could be cancelled"
    assert all(ends)
