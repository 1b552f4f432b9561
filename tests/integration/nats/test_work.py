"""Orders and reports: what waits has an end, and what does not fit is refused, not lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from nats.aio.client import Client
from nats.js.errors import APIError

from core.events.ids import RunnerId, TaskId, new_id
from core.events.subjects import REPORTS, SCHEDULER_REPORTS, report
from core.nats.connection import connect
from core.nats.streams import StreamSettings, ensure_work
from infra.embedded.services import Services

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
