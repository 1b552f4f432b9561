"""From a one-time token to a connection at the broker, and out again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import httpx2
import pytest
from nats.aio.client import Client

from api.fleet.leaving import let_go_for_ever
from api.parts import Parts
from core.domain.runner import RUNNER
from core.events.account import Role
from core.events.ids import Platform, RunnerId
from core.events.runner import Pool
from core.events.subjects import runner_key
from core.nats.connection import BrokerUnreachableError, connect
from core.nats.edge import ControlPlaneSilentError, RunnerLink
from core.nats.execute import load
from core.process import cancel_all
from core.protocol.calls import REMOVE, Remove, Removed
from infra.embedded.home import public_key, user_seed
from tests.integration.api.conftest import MakeUser, MemberUser, client_of
from tests.integration.api.user import Json, check_problem

WITHIN_S = 60.0


@dataclass
class Device:
    """A device with a key of its own, and no account."""

    http: httpx2.AsyncClient
    seed: str

    async def register(self, token: str, **changed: object) -> httpx2.Response:
        asked = {"token": token, "public_key": public_key(self.seed), "name": "board", "platform": "arm", **changed}
        return await self.http.post("/api/v1/runners", json=asked)

    async def connect(self, url: str, runner: str, timeout_s: float = WITHIN_S) -> Client:
        return await connect(url, self.seed, name="board", inbox_prefix=f"_INBOX_{runner}", timeout_s=timeout_s)

    async def state(self) -> str:
        answer: Json = (await self.http.get(f"/api/v1/runner-keys/{public_key(self.seed)}")).json()
        return str(answer["state"])


@pytest.fixture
def device(parts: Parts) -> Device:
    return Device(client_of(parts, None), user_seed())


async def _token(user: MemberUser, **asked: object) -> str:
    response = await user.http.post("/api/v1/enrolments", json=asked)
    assert response.status_code == 201, response.text
    made: Json = response.json()
    assert made["token"] in made["command"]
    return str(made["token"])


async def test_a_token_makes_a_device_a_runner_of_its_makers(parts: Parts, make_user: MakeUser, device: Device) -> None:
    owner = await make_user()
    assert await device.state() == "unknown"
    response = await device.register(await _token(owner), labels=["Bare"])
    assert response.status_code == 201, response.text
    made = response.json()
    assert (made["pool"], await device.state()) == ("private", "enrolled")
    state = (await load(parts.log, RUNNER, runner_key(Platform.ARM, RunnerId(UUID(made["id"]))))).state
    assert (state.pool, state.owner, len(state.labels)) == (Pool.PRIVATE, owner.member.account, 1)
    seen = await owner.get(f"/runners/{made['id']}", int(response.headers["Mgeprof-Sequence"]))
    assert (seen["name"], seen["labels"], seen["mine"]) == ("board", ["bare"], True)


async def test_a_token_counts_once_and_for_the_same_key_again(
    parts: Parts, make_user: MakeUser, device: Device
) -> None:
    token = await _token(await make_user())
    first, again = await device.register(token), await device.register(token)
    assert first.json()["id"] == again.json()["id"]
    other = Device(device.http, user_seed())
    check_problem(await other.register(token), 403, "enrolment_refused")
    check_problem(await other.register("mge_nothing"), 403, "enrolment_refused")
    assert parts.settings.api_user_runners


async def test_a_revoked_token_lets_nobody_in(make_user: MakeUser, device: Device) -> None:
    owner = await make_user()
    token = await _token(owner)
    [listed] = (await owner.get("/enrolments"))["items"]
    assert token.startswith(listed["beginning"])
    assert (await owner.http.delete(f"/api/v1/enrolments/{listed['id']}")).status_code == 204
    check_problem(await device.register(token), 403, "enrolment_refused")
    check_problem(await owner.http.delete(f"/api/v1/enrolments/{listed['id']}"), 404, "enrolment_unknown")


async def test_only_administrators_let_public_runners_in(make_user: MakeUser, device: Device) -> None:
    user, admin = await make_user(), await make_user(role=Role.ADMIN)
    refused = await user.http.post("/api/v1/enrolments", json={"pool": "public"})
    check_problem(refused, 403, "admin_only")
    made = (await device.register(await _token(admin, pool="public"))).json()
    assert made["pool"] == "public"
    modest = Device(device.http, user_seed())
    assert (await modest.register(await _token(admin, pool="public"), private=True)).json()["pool"] == "private"


async def test_an_enrolled_runner_gets_in_until_it_is_removed(make_user: MakeUser, device: Device) -> None:
    owner = await make_user()
    response = await device.register(await _token(owner))
    made = response.json()
    assert await owner.get(f"/runners/{made['id']}", int(response.headers["Mgeprof-Sequence"]))
    lost = asyncio.Event()

    async def note() -> None:
        lost.set()

    nc = await device.connect(made["nats_url"], made["id"])
    nc._disconnected_cb = note
    removed = await owner.http.delete(f"/api/v1/runners/{made['id']}")
    assert removed.json()["removed"] is True
    await asyncio.wait_for(lost.wait(), WITHIN_S)
    assert await device.state() == "revoked"
    with pytest.raises(BrokerUnreachableError):
        await device.connect(made["nats_url"], made["id"], timeout_s=3.0)
    await nc.close()


async def test_a_runner_takes_itself_out_and_no_other(parts: Parts, make_user: MakeUser, device: Device) -> None:
    owner, other = await make_user(), Device(device.http, user_seed())
    registered = [await one.register(await _token(owner)) for one in (device, other)]
    id_, others_id = (RunnerId(UUID(one.json()["id"])) for one in registered)
    nats_url, lost = registered[0].json()["nats_url"], asyncio.Event()
    nc, others_nc = await device.connect(nats_url, str(id_)), await other.connect(nats_url, str(others_id))

    async def note() -> None:
        lost.set()

    nc._disconnected_cb = note
    serving = asyncio.create_task(let_go_for_ever(parts))
    with pytest.raises(ControlPlaneSilentError):  # the broker lets it speak for itself alone
        await RunnerLink(others_nc, id_, timeout_s=1.0).call(REMOVE, Remove(runner=id_), Removed)
    with pytest.raises(ControlPlaneSilentError):  # and what only strays there is no order
        await RunnerLink(nc, id_, timeout_s=1.0).call(REMOVE, Remove(runner=others_id), Removed)
    assert (await device.state(), await other.state()) == ("enrolled", "enrolled")

    assert (await RunnerLink(nc, id_).call(REMOVE, Remove(runner=id_), Removed)).refused is None
    assert (await device.state(), await other.state()) == ("revoked", "enrolled")
    await asyncio.wait_for(lost.wait(), WITHIN_S)
    event = (await parts.log.history(runner_key(Platform.ARM, id_)))[-1]
    assert (event.name, event.owner, event.actor) == ("runner.revoked", owner.member.account, id_)
    assert (await owner.get(f"/runners/{id_}", event.sequence))["removed"] is True
    admin = await make_user(role=Role.ADMIN)
    [last, *_] = (await admin.get("/admin/audit", event.sequence, thing=str(id_)))["items"]
    assert (last["type"], last["actor_name"]) == ("runner.revoked", "board")

    # What the log knows nothing of is refused and stays connected, and whoever answers lives on.
    await parts.pool.execute("UPDATE runner_keys SET platform = 'cuda' WHERE runner_id = $1", others_id)
    for _ in range(2):
        answer = await RunnerLink(others_nc, others_id).call(REMOVE, Remove(runner=others_id), Removed)
        assert "never enrolled" in (answer.refused or "")
    await cancel_all([serving])
    await nc.close()
    await others_nc.close()


async def test_the_same_key_makes_one_token_whose_last_secret_counts(make_user: MakeUser, device: Device) -> None:
    owner, key = await make_user(), {"Idempotency-Key": "one device"}
    asked = [await owner.http.post("/api/v1/enrolments", json={}, headers=key) for _ in range(2)]
    first, second = (one.json() for one in asked)
    assert first["id"] == second["id"]
    assert [one["id"] for one in (await owner.get("/enrolments"))["items"]] == [first["id"]]
    check_problem(await device.register(first["token"]), 403, "enrolment_refused")
    assert (await device.register(second["token"])).status_code == 201
    used = await owner.http.post("/api/v1/enrolments", json={}, headers=key)
    check_problem(used, 422, "idempotency_key_reused")
