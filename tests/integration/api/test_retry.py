"""The same task again, and with changes."""

from __future__ import annotations

import pytest

from tests.integration.api.conftest import MakeUser
from tests.integration.api.user import check_problem

pytestmark = pytest.mark.usefixtures("fleet")


async def test_a_retry_is_a_new_task_that_names_its_origin(make_user: MakeUser) -> None:
    user = await make_user()
    first = await user.submit(options={"iterations": 7, "warmup": 3})
    assert first["origin"] is None
    assert await user.get(f"/tasks/{first['id']}", first["sequence"])
    responses = [
        await user.http.post(f"/api/v1/tasks/{first['id']}/retry", headers={"Idempotency-Key": "again"})
        for _ in range(2)
    ]
    again, same = [response.json() for response in responses]
    assert again["id"] == same["id"] != first["id"]
    assert again["origin"] == first["id"]
    alike = ("name", "model", "inputs", "data", "platform", "engine", "options", "device")
    assert {field: again[field] for field in alike} == {field: first[field] for field in alike}


async def test_a_clone_has_its_changes_and_nothing_else(make_user: MakeUser) -> None:
    user = await make_user()
    first = await user.submit(options={"iterations": 7, "warmup": 3})
    assert await user.get(f"/tasks/{first['id']}", first["sequence"])
    path = f"/api/v1/tasks/{first['id']}/retry"
    changed = (await user.http.post(path, json={"name": "longer", "options": {"iterations": 70}})).json()
    assert (changed["name"], changed["options"]) == ("longer", {**first["options"], "iterations": 70})
    check_problem(await user.http.post(path, json={"options": {"iterations": -1}}), 422, "invalid_request")
    check_problem(await user.http.post(path, json={"engine": "0.0.1"}), 422, "engine_unknown")


async def test_what_one_may_not_see_cannot_be_run_again(make_user: MakeUser) -> None:
    owner, other = await make_user(), await make_user()
    first = await owner.submit()
    assert await owner.get(f"/tasks/{first['id']}", first["sequence"])
    check_problem(await other.http.post(f"/api/v1/tasks/{first['id']}/retry"), 404, "task_unknown")
