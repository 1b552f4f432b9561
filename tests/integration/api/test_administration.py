"""Administrators see and change accounts, stop anybody's runs, see storage, and who did what."""

from __future__ import annotations

import secrets

from core.events.account import Role
from tests.integration.api.conftest import MakeUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import a_model, check_problem


async def test_people_are_listed_searched_and_paged(make_user: MakeUser) -> None:
    admin, mark = await make_user(role=Role.ADMIN), secrets.token_hex(4)
    made = [
        await make_user(f"{mark} 100% {number}", role) for number, role in enumerate((Role.USER, Role.GUEST, Role.USER))
    ]
    found = await admin.get("/users", q=f"{mark.upper()} 100%")
    assert [user["id"] for user in found["items"]] == [str(one.member.account) for one in reversed(made)]
    assert (await admin.get("/users", q=f"{mark}_100"))["items"] == []
    assert [user["role"] for user in (await admin.get("/users", q=mark, role="guest"))["items"]] == ["guest"]
    first = await admin.get("/users", q=mark, limit=2)
    rest = await admin.get("/users", q=mark, limit=2, cursor=first["next_cursor"])
    assert [user["id"] for user in (*first["items"], *rest["items"])] == [user["id"] for user in found["items"]]
    assert rest["next_cursor"] is None
    check_problem(await admin.http.get("/api/v1/users", params={"cursor": "x"}), 422, "invalid_cursor")
    check_problem(await made[0].http.get("/api/v1/users"), 403, "admin_only")


async def test_an_account_is_disabled_enabled_and_gets_another_role(make_user: MakeUser) -> None:
    admin, person = await make_user(role=Role.ADMIN), await make_user()
    path = f"/api/v1/users/{person.member.account}"
    disabled = await admin.http.patch(path, json={"disabled": True})
    assert disabled.json()["standing"] == "disabled"
    check_problem(await person.http.get("/api/v1/me"), 403, "account_disabled")
    changed = await admin.http.patch(path, json={"disabled": False, "role": "admin"})
    assert (changed.json()["standing"], changed.json()["role"]) == ("active", "admin")
    assert (await person.http.get("/api/v1/users")).status_code == 200
    check_problem(
        await admin.http.patch(f"/api/v1/users/{admin.member.account}", json={"role": "user"}), 409, "not_yourself"
    )
    seen = await admin.get(f"/users/{person.member.account}")
    assert seen["last_seen_at"] is not None
    acts = (await admin.get("/admin/audit", int(changed.headers["Mgeprof-Sequence"]), thing=seen["id"]))["items"]
    assert [act["type"] for act in acts][:3] == ["account.enabled", "account.role_changed", "account.disabled"]
    assert {act["actor_name"] for act in acts[:3]} == {admin.member.name}


async def test_everybodys_runs_are_cancelled_together(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    admin, one, other = await make_user(role=Role.ADMIN), await make_user(), await make_user()
    model = await one.upload("model", a_model())
    tasks = [await one.submit(model=model) for _ in range(2)]
    untouched = await other.submit()
    newest = max(task["sequence"] for task in (*tasks, untouched))
    nothing = await admin.http.post("/api/v1/admin/tasks/cancel", json={})
    assert nothing.json() == {"cancelled": [], "remaining": False}
    asked = {"owner": [str(one.member.account)], "model": [model]}
    answer = await admin.http.post("/api/v1/admin/tasks/cancel", json=asked, headers={"Mgeprof-Sequence": str(newest)})
    assert {task["id"] for task in tasks} <= set(answer.json()["cancelled"])
    assert {(await one.get(f"/tasks/{task['id']}/events"))["items"][-1]["type"] for task in tasks} == {"task.cancelled"}
    assert (await other.get(f"/tasks/{untouched['id']}/events"))["items"][-1]["type"] == "task.submitted"
    acts = (await admin.get("/admin/audit", actor=str(admin.member.account), type="task.cancelled"))["items"]
    assert {act["owner_name"] for act in acts} <= {one.member.name}
    check_problem(await one.http.post("/api/v1/admin/tasks/cancel", json={"everything": True}), 403, "admin_only")


async def test_storage_is_counted_by_person(make_user: MakeUser, fleet: Fleet) -> None:
    admin, one, other = await make_user(role=Role.ADMIN), await make_user(), await make_user()
    data = a_model()
    model = await one.upload("model", data)
    before = (await admin.get("/admin/storage"))["stored"]
    await other.upload("model", data)
    task = await one.submit(model=model)
    await fleet.start(task["id"])
    sequence = await fleet.complete(task["id"], log__txt=b"12345")
    storage = await admin.get("/admin/storage", sequence)
    used = {user["account"]: user for user in storage["users"]}
    mine = used[str(one.member.account)]
    assert (mine["models"], mine["artifacts"], mine["name"]) == (len(data), 5, one.member.name)
    assert mine["total"] == mine["models"] + mine["inputs"] + 5
    assert used[str(other.member.account)]["models"] == len(data)
    assert storage["stored"] == before + mine["inputs"] + 5
