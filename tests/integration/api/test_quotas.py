"""What an account may use: submissions, bytes; what runs at once is the scheduler's."""

from __future__ import annotations

import pytest

from core.events.account import Role
from tests.integration.api.conftest import MakeUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, a_model, announced, check_problem


async def _set(make_user: MakeUser, account: object, quota: Json) -> int:
    admin = await make_user(role=Role.ADMIN)
    response = await admin.http.put(f"/api/v1/users/{account}/quota", json=quota)
    assert response.status_code == 200, response.text
    return int(response.headers["Mgeprof-Sequence"])


@pytest.mark.usefixtures("fleet")
async def test_a_day_has_so_many_submissions(make_user: MakeUser) -> None:
    user = await make_user()
    ask = await user.ask()
    sequence = await _set(make_user, user.member.account, {"tasks_a_day": 1})
    assert (await user.get("/me/usage", sequence))["tasks_today"] == 0
    first = await user.http.post("/api/v1/tasks", json=ask, headers={"Idempotency-Key": "one"})
    assert first.status_code == 201, first.text
    refused = check_problem(await user.http.post("/api/v1/tasks", json=ask), 403, "quota_tasks")
    assert "1 of 1 tasks" in refused["detail"]
    again = await user.http.post("/api/v1/tasks", json=ask, headers={"Idempotency-Key": "one"})
    assert again.json()["id"] == first.json()["id"]
    assert (await user.get("/me/usage", sequence))["tasks_today"] == 1
    sequence = await _set(make_user, user.member.account, {})
    assert (await user.get("/me/usage", sequence))["quota"]["tasks_a_day"] is None
    assert (await user.http.post("/api/v1/tasks", json=ask)).status_code == 201


async def test_bytes_are_counted_from_when_they_are_announced(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet.id
    user, model = await make_user(), a_model()
    sequence = await _set(make_user, user.member.account, {"stored_bytes": len(model) + 10})
    await user.upload("model", model)
    usage = await user.get("/me/usage", sequence)
    assert (usage["stored_bytes"], usage["quota"]["stored_bytes"]) == (len(model), len(model) + 10)
    response = await user.http.post("/api/v1/uploads", json=announced("model", a_model()))
    assert f"{len(model)} of {len(model) + 10} bytes" in check_problem(response, 403, "quota_bytes")["detail"]
    known = await user.http.post("/api/v1/uploads", json=announced("model", model))
    assert known.json()["state"] == "complete"


async def test_only_administrators_set_quotas(make_user: MakeUser) -> None:
    user = await make_user()
    path = f"/api/v1/users/{user.member.account}"
    check_problem(await user.http.put(f"{path}/quota", json={}), 403, "admin_only")
    check_problem(await user.http.get(f"{path}/usage"), 403, "admin_only")
