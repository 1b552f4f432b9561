"""A broker of the test's own, with the streams of the control plane."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from nats.aio.client import Client

from core.nats.connection import connect
from core.nats.log import EventLog
from core.nats.streams import StreamSettings, ensure_events
from infra.embedded.services import Services


@pytest.fixture
async def broker(make_broker: Callable[[], Awaitable[Services]]) -> Services:
    return await make_broker()


@pytest.fixture
async def core(broker: Services) -> AsyncIterator[Client]:
    """A connection of account CORE, the stream EVENTS made."""
    environment = broker.environment
    client = await connect(environment["MGEPROF_NATS_URL"], environment["MGEPROF_NATS_CORE_SEED"], name="test")
    await ensure_events(client.jetstream(), StreamSettings())
    yield client
    await client.close()


@pytest.fixture
def log(core: Client) -> EventLog:
    return EventLog(core, timeout_s=2.0)
