"""Public and private runners: who sees, uses and administers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from api.parts import Parts
from core.domain.runner import RUNNER
from core.events.account import Role
from core.events.ids import AccountId, Platform, RunnerId, TaskId, new_id
from core.events.runner import Pool
from core.events.subjects import runner_key, task_key
from core.events.task import Submitted
from core.nats.execute import load
from tests.integration.api.conftest import MakeUser, MemberUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, check_problem

MakeRunner = Callable[..., Awaitable[str]]


@pytest.fixture
def make_runner(fleet: Fleet, parts: Parts) -> MakeRunner:
    """A private runner of somebody's, there and idle."""

    async def make(owner: MemberUser, pool: Pool = Pool.PRIVATE) -> str:
        device = replace(fleet, id=RunnerId(new_id()))
        assert await parts.position.reached(await device.enrol(pool, owner.member.account), 60)
        return str(device.id)

    return make


async def _runners(user: User, sequence: int = 0) -> list[str]:
    return [one["id"] for one in (await user.get("/runners", sequence))["items"]]


async def _do(user: User, method: str, path: str, body: Json | None = None) -> int:
    """Carry out a command that is allowed; its sequence."""
    response = await user.http.request(method, f"/api/v1{path}", json=body)
    assert response.status_code < 300, response.text
    return int(response.headers["Mgeprof-Sequence"])


async def test_a_private_runner_is_there_for_its_owner_only(make_user: MakeUser, make_runner: MakeRunner) -> None:
    owner, other = await make_user(), await make_user()
    runner = await make_runner(owner)
    assert runner in await _runners(owner)
    assert runner not in await _runners(other)
    check_problem(await other.http.get(f"/api/v1/runners/{runner}"), 404, "runner_unknown")
    check_problem(await other.http.post(f"/api/v1/runners/{runner}/drain"), 404, "runner_unknown")
    seen = await owner.get(f"/runners/{runner}")
    assert (seen["software"], seen["skewed"], seen["sandbox"]) == ("0.1", True, "bubblewrap")
    assert (seen["pool"], seen["owner"], seen["mine"]) == ("private", str(owner.member.account), True)


async def test_a_grant_counts_for_the_next_submission_and_its_end_too(
    make_user: MakeUser, make_runner: MakeRunner
) -> None:
    owner, guest = await make_user(), await make_user()
    runner = await make_runner(owner)
    ask = await guest.ask(device={"runner": runner})
    check_problem(await guest.http.post("/api/v1/tasks", json=ask), 404, "runner_unknown")
    sequence = await _do(owner, "POST", f"/runners/{runner}/grants", {"name": guest.member.name})
    assert runner in await _runners(guest, sequence)
    assert (await guest.submit(**ask))["device"]["runner"] == runner
    granted = await owner.get(f"/runners/{runner}/grants", sequence)
    assert granted["items"] == [{"account": str(guest.member.account), "name": guest.member.name}]
    await _do(owner, "DELETE", f"/runners/{runner}/grants/{guest.member.account}")
    check_problem(await guest.http.post("/api/v1/tasks", json=ask), 404, "runner_unknown")


async def test_who_uses_a_runner_does_not_administer_it(make_user: MakeUser, make_runner: MakeRunner) -> None:
    owner, guest = await make_user(), await make_user()
    runner = await make_runner(owner)
    sequence = await _do(owner, "POST", f"/runners/{runner}/grants", {"account": str(guest.member.account)})
    assert (await guest.get(f"/runners/{runner}", sequence))["mine"] is False
    for method, path in (("POST", "/disable"), ("DELETE", ""), ("PATCH", ""), ("GET", "/grants")):
        body = {"name": "mine"} if method == "PATCH" else None
        response = await guest.http.request(method, f"/api/v1/runners/{runner}{path}", json=body)
        check_problem(response, 403, "not_your_runner")
    unknown = await owner.http.post(f"/api/v1/runners/{runner}/grants", json={"account": str(uuid4())})
    check_problem(unknown, 404, "account_unknown")


async def test_an_owner_names_labels_drains_disables_and_removes(make_user: MakeUser, make_runner: MakeRunner) -> None:
    owner = await make_user()
    runner = await make_runner(owner)
    changed = await owner.http.patch(
        f"/api/v1/runners/{runner}", json={"name": "pi in the lab", "labels": ["Quiet", "lab-2"]}
    )
    assert (changed.json()["name"], changed.json()["labels"]) == ("pi in the lab", ["lab-2", "quiet"])
    for command, field, value in (
        ("drain", "drained", True),
        ("resume", "drained", False),
        ("disable", "disabled", True),
        ("enable", "disabled", False),
    ):
        response = await owner.http.post(f"/api/v1/runners/{runner}/{command}")
        assert response.json()[field] is value
    for changes in ({"pool": "public"}, {"owner": str(owner.member.account)}):
        check_problem(await owner.http.patch(f"/api/v1/runners/{runner}", json=changes), 403, "admin_only")
    sequence = await _do(owner, "DELETE", f"/runners/{runner}")
    assert runner not in await _runners(owner, sequence)
    check_problem(await owner.http.post(f"/api/v1/runners/{runner}/enable"), 409, "runner_revoked")


async def test_an_admin_sees_all_runners_and_hands_them_on(make_user: MakeUser, make_runner: MakeRunner) -> None:
    owner, heir = await make_user(), await make_user()
    admin = await make_user(role=Role.ADMIN)
    runner = await make_runner(owner)
    assert runner in await _runners(admin)
    ask = await admin.ask(device={"runner": runner})
    check_problem(await admin.http.post("/api/v1/tasks", json=ask), 403, "grant_missing")
    sequence = await _do(admin, "PATCH", f"/runners/{runner}", {"owner": str(heir.member.account)})
    assert runner in await _runners(heir, sequence)
    assert runner not in await _runners(owner, sequence)
    sequence = await _do(admin, "PATCH", f"/runners/{runner}", {"pool": "public"})
    assert runner in await _runners(owner, sequence)


async def test_names_and_labels_stand_in_no_event(parts: Parts, make_user: MakeUser, make_runner: MakeRunner) -> None:
    owner = await make_user()
    runner = await make_runner(owner)
    await _do(owner, "PATCH", f"/runners/{runner}", {"name": "secretname", "labels": ["secretword"]})
    history = await parts.log.history(runner_key(Platform.X86, RunnerId(UUID(runner))))
    assert "labelled" in [event.type for event in history]
    assert not any("secret" in event.data.model_dump_json() for event in history)


async def test_labels_and_pool_that_no_device_has_are_refused(make_user: MakeUser, make_runner: MakeRunner) -> None:
    owner = await make_user()
    runner = await make_runner(owner)
    sequence = await _do(owner, "PATCH", f"/runners/{runner}", {"labels": ["only-here"]})
    assert await owner.get(f"/runners/{runner}", sequence)
    for device in ({"labels": ["nowhere"]}, {"labels": ["only-here"], "pool": "public"}):
        response = await owner.http.post("/api/v1/tasks", json=await owner.ask(device=device))
        check_problem(response, 422, "device_unknown")
    task = await owner.submit(device={"labels": ["Only-Here"], "pool": "private"})
    assert task["device"] == {"runner": None, "labels": ["only-here"], "pool": "private"}


async def test_what_was_asked_for_stands_in_the_log_by_ids(
    parts: Parts, make_user: MakeUser, make_runner: MakeRunner
) -> None:
    owner = await make_user()
    runner = await make_runner(owner)
    sequence = await _do(owner, "PATCH", f"/runners/{runner}", {"labels": ["by-id"]})
    assert await owner.get(f"/runners/{runner}", sequence)
    task = await owner.submit(device={"labels": ["by-id"], "runner": runner})
    [submitted, *_] = await parts.log.history(task_key(Platform.X86, TaskId(UUID(task["id"]))))
    assert isinstance(submitted.data, Submitted)
    id_ = RunnerId(UUID(runner))
    assert submitted.data.runner == id_
    state = (await load(parts.log, RUNNER, runner_key(Platform.X86, id_))).state
    assert set(submitted.data.labels) == state.labels
    assert state.serves(AccountId(owner.member.account))
