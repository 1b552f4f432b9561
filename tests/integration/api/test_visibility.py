"""What others see of a task, a model and a dataset: nothing, what the team sees, or one task through a link."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import httpx2
import pytest

from api.parts import Parts
from core.events.account import Role
from core.protocol.live import LogLines
from tests.integration.api.conftest import MakeUser, MemberUser, client_of
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, a_model, an_npy, check_problem

READS = ("", "/events", "/artifacts/log.txt", "/live", "/artifacts/environment.json")
LOG = {"log__txt": b"a line\n", "environment__json": b"{}"}


async def change(user: User, path: str, visibility: str) -> int:
    response = await user.http.patch(f"/api/v1{path}", json={"visibility": visibility})
    assert response.status_code == 200, response.text
    assert response.json()["visibility"] == visibility
    return int(response.headers["Mgeprof-Sequence"])


async def ended_task(user: User, fleet: Fleet) -> tuple[Json, int]:
    task = await user.submit()
    await fleet.start(task["id"])
    return task, await fleet.complete(task["id"], **LOG)


async def statuses(http: httpx2.AsyncClient, task: str, sequence: int, **headers: str) -> set[int]:
    fresh = {"Mgeprof-Sequence": str(sequence), **headers}
    return {(await http.get(f"/api/v1/tasks/{task}{path}", headers=fresh)).status_code for path in READS}


async def test_a_task_is_shown_to_the_team_and_hidden_again(make_user: MakeUser, fleet: Fleet) -> None:
    owner, other, guest, admin = [await make_user(role=role) for role in (Role.USER, Role.USER, Role.GUEST, Role.ADMIN)]
    task, sequence = await ended_task(owner, fleet)
    path = f"/tasks/{task['id']}"
    assert await statuses(other.http, task["id"], sequence) == {404}
    assert await statuses(admin.http, task["id"], sequence) == {200}
    check_problem(await other.http.patch(f"/api/v1{path}", json={"visibility": "team"}), 404, "task_unknown")

    sequence = await change(owner, path, "team")
    assert await statuses(other.http, task["id"], sequence) == {200}
    assert await statuses(guest.http, task["id"], sequence) == {404}
    check_problem(await other.http.patch(f"/api/v1{path}", json={"visibility": "private"}), 403, "not_yours")
    check_problem(await other.http.post(f"/api/v1{path}/cancel"), 403, "not_yours")
    for user, whose, seen in (
        (other, "mine", False),
        (other, "anyone", True),
        (guest, "anyone", False),
        (owner, "mine", True),
    ):
        listed = await user.get("/tasks", sequence, whose=whose, q=task["id"])
        assert (task["id"] in {one["id"] for one in listed["items"]}) is seen
    sequence = await change(admin, path, "private")
    assert await statuses(other.http, task["id"], sequence) == {404}
    events = (await owner.get(f"{path}/events"))["items"][-2:]
    assert [event["data"] for event in events] == [{"visibility": "team"}, {"visibility": "private"}]
    assert [event["actor"] for event in events] == [str(owner.member.account), str(admin.member.account)]
    assert {event["owner"] for event in events} == {str(owner.member.account)}


async def test_a_team_model_can_be_used_and_not_changed(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    owner, other = await make_user(), await make_user()
    model = await owner.upload("model", a_model(), filename="shared.mge")
    given = await other.upload("input", an_npy())
    asked = await other.ask(model=model, inputs={"data": given})
    check_problem(await other.http.post("/api/v1/tasks", json=asked), 404, "model_unknown")
    sequence = await change(owner, f"/models/{model}", "team")
    seen = await other.get(f"/models/{model}", sequence)
    assert (seen["name"], seen["owner"]) == ("shared.mge", str(owner.member.account))
    assert [one["id"] for one in (await other.get("/models", sequence, whose="anyone"))["items"]].count(model) == 1
    assert (await other.get("/models", sequence))["items"] == []
    assert (await other.submit(**asked))["model"]["name"] == "shared.mge"
    check_problem(await other.http.patch(f"/api/v1/models/{model}", json={"visibility": "private"}), 403, "not_yours")


async def test_who_sees_a_run_sees_what_it_was_given_only_where_that_is_shown(
    make_user: MakeUser, fleet: Fleet
) -> None:
    assert fleet.id
    owner, other = await make_user(), await make_user()
    model, data = await owner.upload("model", a_model()), await owner.upload("input", an_npy())
    made = await owner.http.post("/api/v1/datasets", json={"name": "given", "inputs": {"data": data}})
    task = (await owner.submit(model=model, inputs={}, dataset=made.json()["id"]))["id"]

    async def given(user: User) -> dict[str, int]:
        names = ("request", "model", "input-1", "input-2")
        path = f"/api/v1/tasks/{task}/given"
        fresh = {"Mgeprof-Sequence": str(sequence)}
        return {name: (await user.http.get(f"{path}/{name}", headers=fresh)).status_code for name in names}

    sequence = await change(owner, f"/tasks/{task}", "team")
    assert await given(owner) == {"request": 200, "model": 200, "input-1": 200, "input-2": 404}
    assert await given(other) == {"request": 200, "model": 404, "input-1": 404, "input-2": 404}
    await change(owner, f"/models/{model}", "team")
    sequence = await change(owner, f"/datasets/{made.json()['id']}", "team")
    assert await given(other) == {"request": 200, "model": 200, "input-1": 200, "input-2": 404}


async def test_a_team_dataset_can_be_used_with_what_it_is_made_of(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    owner, other = await make_user(), await make_user()
    given = await owner.upload("input", an_npy())
    made = await owner.http.post("/api/v1/datasets", json={"name": "one", "inputs": {"data": given}})
    dataset = made.json()["id"]
    asked = await other.ask(inputs={}, dataset=dataset)
    check_problem(await other.http.post("/api/v1/tasks", json=asked), 404, "dataset_unknown")
    check_problem(await other.http.get(f"/api/v1/inputs/{given}"), 404, "input_unknown")
    await change(owner, f"/datasets/{dataset}", "team")
    assert (await other.submit(**asked))["inputs"]["data"]["id"] == given
    assert (await other.get(f"/inputs/{given}"))["id"] == given
    assert [one["id"] for one in (await other.get("/datasets", whose="anyone"))["items"]].count(dataset) == 1
    check_problem(await other.http.delete(f"/api/v1/datasets/{dataset}"), 403, "not_yours")
    await change(owner, f"/datasets/{dataset}", "private")
    check_problem(await other.http.get(f"/api/v1/inputs/{given}"), 404, "input_unknown")
    assert (await owner.http.delete(f"/api/v1/datasets/{dataset}")).status_code == 204
    check_problem(await owner.http.get(f"/api/v1/datasets/{dataset}"), 404, "dataset_unknown")


async def make_link(user: User, task: str, **asked: float) -> Json:
    response = await user.http.post(f"/api/v1/tasks/{task}/links", json=asked)
    assert response.status_code == 201, response.text
    link: Json = response.json()
    return link


async def test_a_link_opens_one_task_and_its_files_without_an_account(
    parts: Parts, make_user: MakeUser, fleet: Fleet
) -> None:
    owner, other = await make_user(), await make_user()
    task, sequence = await ended_task(owner, fleet)
    private, _ = await ended_task(owner, fleet)
    check_problem(await other.http.post(f"/api/v1/tasks/{task['id']}/links", json={}), 404, "task_unknown")
    link = await make_link(owner, task["id"])
    assert link["url"].endswith(f"/shared/{task['id']}#{link['token']}")
    async with client_of(parts, None) as anybody:
        held = {"Mgeprof-Link": link["token"]}
        assert await statuses(anybody, task["id"], sequence, **held) == {200}
        shown = (await anybody.get(f"/api/v1/tasks/{task['id']}", headers=held)).json()
        assert shown["model"]["name"] == task["model"]["name"]
        check_problem(await anybody.get(f"/api/v1/tasks/{private['id']}", headers=held), 404, "link_unknown")
        check_problem(await anybody.post(f"/api/v1/tasks/{task['id']}/cancel", headers=held), 401, "token_missing")
        check_problem(await anybody.get(f"/api/v1/tasks/{task['id']}/links", headers=held), 401, "token_missing")
        check_problem(await anybody.get("/api/v1/tasks", headers=held), 401, "token_missing")
        [listed] = (await owner.get(f"/tasks/{task['id']}/links"))["items"]
        assert (listed["id"], listed["open"], listed["last_used_at"] is None) == (link["id"], True, False)
        assert "token" not in listed
        assert link["token"] not in str(await parts.pool.fetch("SELECT * FROM share_links"))

        revoke = f"/api/v1/tasks/{task['id']}/links/{link['id']}"
        check_problem(await other.http.delete(revoke), 404, "task_unknown")
        for _ in range(2):
            assert (await owner.http.delete(revoke)).status_code == 204
        check_problem(await anybody.get(f"/api/v1/tasks/{task['id']}", headers=held), 404, "link_unknown")
    types = [event["type"] for event in (await owner.get(f"/tasks/{task['id']}/events"))["items"]]
    assert types[-2:] == ["task.shared", "task.share_revoked"]


async def test_a_browser_trades_the_secret_for_a_cookie_of_that_task(
    parts: Parts, make_user: MakeUser, fleet: Fleet
) -> None:
    owner = await make_user()
    task, sequence = await ended_task(owner, fleet)
    link = await make_link(owner, task["id"])
    async with client_of(parts, None) as browser:
        check_problem(await browser.post("/api/v1/shared/open", json={"token": "mgs_no"}), 404, "link_unknown")
        opened = await browser.post("/api/v1/shared/open", json={"token": link["token"]})
        assert opened.json()["task_id"] == task["id"]
        cookie = opened.headers["set-cookie"].lower()
        assert f"path=/api/v1/tasks/{task['id']}" in cookie
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert await statuses(browser, task["id"], sequence) == {200}


async def test_a_link_is_over_in_time_and_its_command_gives_one_link(
    parts: Parts, make_user: MakeUser, fleet: Fleet
) -> None:
    owner = await make_user()
    task, _ = await ended_task(owner, fleet)
    url, key = f"/api/v1/tasks/{task['id']}/links", {"Idempotency-Key": "once"}
    first, second = [(await owner.http.post(url, json={}, headers=key)).json() for _ in range(2)]
    assert first["id"] == second["id"]
    await parts.pool.execute("UPDATE share_links SET expires_at = now() WHERE id <> $1", first["id"])
    async with client_of(parts, None) as anybody:
        answers = [
            (await anybody.get(f"/api/v1/tasks/{task['id']}", headers={"Mgeprof-Link": one["token"]})).status_code
            for one in (first, second)
        ]
        assert answers == [404, 200]
        await parts.pool.execute("UPDATE share_links SET expires_at = now() WHERE id = $1", first["id"])
        over = await anybody.get(f"/api/v1/tasks/{task['id']}", headers={"Mgeprof-Link": second["token"]})
        check_problem(over, 404, "link_unknown")
    check_problem(await owner.http.post(url, json={"days": 1000}), 422, "invalid_request")


@pytest.mark.parametrize("through", ["team", "link"])
async def test_a_live_stream_ends_when_its_reader_is_shut_out(
    parts: Parts, make_user: MakeUser, fleet: Fleet, through: str
) -> None:
    owner, other = await make_user(), await make_user()
    task = await owner.submit()
    sequence = await fleet.start(task["id"])
    path = f"/tasks/{task['id']}"
    link = await make_link(owner, task["id"])
    if through == "team":
        sequence = await change(owner, path, "team")
    assert await parts.position.reached(sequence, 60)
    held = {} if through == "team" else {"Mgeprof-Link": link["token"]}
    reader: MemberUser | httpx2.AsyncClient
    async with client_of(parts, other.member.key if through == "team" else None) as reader:
        following = asyncio.create_task(reader.get(f"/api/v1{path}/live?log=true", headers=held))
        while UUID(task["id"]) not in parts.hub._readers:  # noqa: ASYNC110 - the hub tells nobody who reads
            await asyncio.sleep(0.01)
        if through == "team":
            await change(owner, path, "private")
        else:
            await owner.http.delete(f"/api/v1{path}/links/{link['id']}")
        answer = await asyncio.wait_for(following, 20)
    await fleet.show(task["id"], LogLines(attempt=1, n=1, lines=("secret",)))
    told = [json.loads(line[6:])["type"] for line in answer.text.splitlines() if line.startswith("data: {")]
    assert "task.started" in told
    assert "task.share_revoked" not in told
    assert "secret" not in answer.text
