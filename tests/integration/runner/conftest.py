from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
import stamina

from core.events.ids import RunnerId
from core.nats.connection import connect
from core.nats.control import ControlLink
from core.nats.streams import StreamSettings
from core.process import cancel_all
from infra.embedded.services import Services
from runner.transfer import Transfer
from tests.integration.engine.conftest import examples  # noqa: F401 - a fixture
from tests.integration.runner.control_plane import ControlPlane
from tests.integration.runner.daemon import Runner, fake_python
from tests.integration.runner.objects import Objects


@pytest.fixture
async def objects() -> AsyncIterator[Objects]:
    async with Objects().serving() as serving:
        yield serving


@pytest.fixture
async def transfer() -> AsyncIterator[Transfer]:
    async with httpx2.AsyncClient(timeout=httpx2.Timeout(10.0)) as client:
        yield Transfer(client)


@pytest.fixture
def impatient() -> Iterator[None]:
    """Retries without their pauses."""
    with stamina.set_testing(True, attempts=5):
        yield


@pytest.fixture
async def control(broker: Services, objects: Objects) -> AsyncIterator[ControlPlane]:
    url, seed = broker.environment["MGEPROF_NATS_URL"], broker.environment["MGEPROF_NATS_RUN_SEED"]
    client = await connect(url, seed, name="scripted scheduler")
    link = ControlLink(client, StreamSettings(ack_wait_s=1.0, order_dedupe_s=0.1))
    plane = ControlPlane(RunnerId(UUID(broker.secrets.runner_id)), link, objects)
    await plane.begin()
    reports = asyncio.create_task(plane.take_reports())
    yield plane
    await cancel_all([reports])
    await client.close()


@pytest.fixture
async def runner(broker: Services, tmp_path: Path) -> AsyncIterator[Runner]:
    """A runner with the fake engine, configured but not started."""
    folder = tmp_path / "runner"
    folder.mkdir()
    runner = Runner(folder, broker, fake_python(folder))
    runner.configure()
    runner.behave("hang")
    yield runner
    await runner.bury()
