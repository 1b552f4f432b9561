"""Orders and reports: what waits has an end, and what does not fit is refused, not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from nats.aio.client import Client
from nats.js.errors import APIError

from core.events.ids import Platform, RunnerId, TaskId, new_id
from core.events.subjects import DISPATCH, REPORTS, SCHEDULER_REPORTS, report
from core.nats.connection import connect
from core.nats.control import BrokerFaultError, ControlLink
from core.nats.streams import StreamSettings, ensure_work
from core.protocol.orders import AttemptRef
from core.trace import Point
from infra.embedded.services import Services
from tests.unit.runner.orders import order

ROOM = 4096


@pytest.fixture
async def run(broker: Services) -> AsyncIterator[Client]:
    """A connection of account RUN."""
    known = broker.environment
    client = await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_RUN_SEED"], name="test")
    yield client
    await client.close()


async def test_reports_fill_their_room_and_not_the_disk(run: Client) -> None:
    js = run.jetstream()
    await ensure_work(js, StreamSettings())
    await ensure_work(js, StreamSettings(work_bytes=ROOM))  # a stream that an older program made gets the limit too
    runner = RunnerId(new_id())

    async def send() -> None:
        await js.publish(report(runner, TaskId(new_id()), 1, "completed"), bytes(1000))

    async def occupied() -> int:
        return (await js.stream_info(REPORTS)).state.bytes

    await send()
    one = await occupied()
    for _ in range(ROOM // one - 1):
        await send()
    with pytest.raises(APIError, match="maximum bytes exceeded"):
        await send()
    assert await occupied() == ROOM // one * one
    taken = await js.pull_subscribe_bind(SCHEDULER_REPORTS, REPORTS)
    for message in await taken.fetch(1, timeout=5):
        await message.ack_sync()
    await send()


async def test_an_order_that_does_not_fit_is_noticed_where_it_is_asked_about(run: Client) -> None:
    js, room = run.jetstream(), StreamSettings(work_bytes=ROOM)
    await ensure_work(js, room)
    link, runner = ControlLink(run, room), RunnerId(new_id())

    async def send(*, confirmed: bool) -> None:
        another = AttemptRef(task=TaskId(new_id()), attempt=1)
        await link.send_order(Platform.X86, runner, order(another), Point(uuid4()), confirmed=confirmed)

    async def fill() -> None:
        while True:
            await send(confirmed=True)

    async with asyncio.timeout(20):
        with pytest.raises(BrokerFaultError, match="maximum bytes exceeded"):
            await fill()
        held = (await js.stream_info(DISPATCH)).state.messages
        await send(confirmed=False)
        await run.flush()
    assert held > 0
    assert (await js.stream_info(DISPATCH)).state.messages == held
