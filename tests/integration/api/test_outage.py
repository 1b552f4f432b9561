from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

import httpx2
import pytest

from api.live.hub import Item, TaskReader
from api.parts import Parts
from api.server import live
from api.wiring import wired
from core.events.envelope import Recorded
from core.nats.connection import connect
from core.process import cancel_all
from core.s3.store import ObjectStore
from infra.embedded.services import Services
from tests.integration.api.conftest import api_settings, client_of, make_events, on_broker, projecting, s3_settings
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import User, a_model, check_problem, part


@dataclass
class Alone:
    """An api whose broker may be taken away."""

    parts: Parts
    http: httpx2.AsyncClient
    broker: Services
    fleet: Fleet


@pytest.fixture
async def alone(broker: Services, environment: dict[str, str], token: str) -> AsyncIterator[Alone]:
    known = on_broker(environment, broker)
    await make_events(known)
    settings = api_settings(known).model_copy(update={"api_broker_timeout_s": 0.5})
    async with projecting(known), wired(settings, s3_settings(known)) as parts, client_of(parts, token) as http:
        hub = asyncio.create_task(live(parts))
        run = await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_RUN_SEED"], name="test-runner")
        fleet = Fleet(parts.log, parts.store, run)
        assert await parts.position.reached(await fleet.enrol(), 60)
        yield Alone(parts, http, broker, fleet)
        await run.close()
        await cancel_all([hub])


async def test_a_broker_that_is_away_loses_nothing_and_doubles_nothing(alone: Alone) -> None:
    user = User(alone.http)
    asked, key = await user.ask(), {"Idempotency-Key": secrets.token_hex()}
    before = await user.submit(model=asked["model"], inputs=asked["inputs"])
    await user.get(f"/tasks/{before['id']}", before["sequence"])

    await alone.broker["nats"].stop()
    response = await user.http.post("/api/v1/tasks", json=asked, headers=key)
    problem = check_problem(response, 503, "broker_unavailable")
    assert response.headers["Retry-After"] == "2"
    assert "Idempotency-Key" in problem["hint"]
    assert (await user.get(f"/tasks/{before['id']}"))["state"] == "submitted"
    check_problem(await user.http.get(f"/api/v1/tasks/{before['id']}/live"), 503, "broker_unavailable")
    ready = await user.http.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert ready.json()["parts"]["postgres"] == ready.json()["parts"]["s3"] == "ok" != ready.json()["parts"]["nats"]

    await alone.broker["nats"].start()
    await alone.broker["nats"].until_ready()
    response = await _until_answered(user, asked, key)
    task = response.json()
    sequence = int(response.headers["Mgeprof-Sequence"])
    listed = (await user.get("/tasks", sequence))["items"]
    assert [one["id"] for one in listed] == [task["id"], before["id"]]
    assert len((await user.get(f"/tasks/{task['id']}/events"))["items"]) == 1


async def _until_answered(user: User, asked: dict[str, object], key: dict[str, str]) -> httpx2.Response:
    """The client's side of Retry-After."""
    async with asyncio.timeout(120):
        while True:
            response = await user.http.post("/api/v1/tasks", json=asked, headers=key)
            if response.status_code != 503:
                assert response.status_code == 201, response.text
                return response
            await asyncio.sleep(0.2)


async def test_a_stream_goes_on_when_the_broker_is_back(alone: Alone) -> None:
    user = User(alone.http)
    task = await user.submit()
    with alone.parts.hub.reader(UUID(task["id"])) as reader:
        first = asyncio.create_task(_first(reader))
        await alone.broker["nats"].kill()
        await alone.broker["nats"].until_ready()
        async with asyncio.timeout(120):
            while True:
                try:
                    await alone.fleet.queue(task["id"])
                    break
                except Exception:  # noqa: BLE001 - the connection comes back by itself
                    await asyncio.sleep(0.2)
            assert isinstance(await first, Recorded)


async def _first(reader: TaskReader) -> Item:
    return await anext(aiter(reader.items()))


async def test_a_store_that_is_away_refuses_and_says_so(
    parts: Parts, token: str, stack: dict[str, str], unused_port: int
) -> None:
    data = a_model()
    nowhere = s3_settings(stack).model_copy(update={"endpoint": f"http://127.0.0.1:{unused_port}"})
    async with ObjectStore.open(nowhere) as store, client_of(replace(parts, store=store), token) as http:
        user = User(http)
        upload = await user.begin("model", data)
        response = await http.put(f"/api/v1/uploads/{upload['id']}/parts/1", content=part(data, 1))
        check_problem(response, 503, "storage_unavailable")
        assert (await user.get(f"/uploads/{upload['id']}"))["parts_done"] == []
