"""Projects and tags: runs and models are put into them, found by them, and leave nothing behind."""

from __future__ import annotations

import secrets

from api.deletion import keeper
from api.grouping import tags
from api.parts import Parts
from core.events.account import Role
from tests.integration.api.conftest import MakeUser, MemberUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, a_model, check_problem


async def create(user: User, **asked: object) -> Json:
    response = await user.http.post("/api/v1/projects", json={"name": secrets.token_hex(8), **asked})
    assert response.status_code == 201, response.text
    project: Json = response.json()
    return project


async def change(user: User, path: str, **asked: object) -> tuple[Json, int]:
    response = await user.http.patch(f"/api/v1{path}", json=asked)
    assert response.status_code == 200, response.text
    return response.json(), int(response.headers["Mgeprof-Sequence"])


async def listed(user: User, kind: str, sequence: int, **filters: object) -> set[str]:
    return {one["id"] for one in (await user.get(f"/{kind}", sequence, **filters))["items"]}


async def test_a_project_is_made_renamed_archived_and_deleted(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    user = await make_user()
    key = {"Idempotency-Key": secrets.token_hex()}
    answers = [await user.http.post("/api/v1/projects", json={"name": "one"}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[1].text
    assert answers[0].json() == answers[1].json()
    check_problem(await user.http.post("/api/v1/projects", json={"name": "one"}), 409, "project_exists")

    project = answers[0].json()
    path = f"/projects/{project['id']}"
    assert (project["runs"], project["models"], project["archived"], project["visibility"]) == (0, 0, False, "private")
    await create(user, name="two")
    check_problem(await user.http.patch(f"/api/v1{path}", json={"name": "two"}), 409, "project_exists")
    renamed, _ = await change(user, path, name="three")
    assert renamed["name"] == "three"
    archived, sequence = await change(user, path, archived=True)
    assert archived["archived"]
    assert [one["name"] for one in (await user.get("/projects", sequence))["items"]] == ["two"]
    both = await user.get("/projects", sequence, archived=True, limit=1)
    assert [one["name"] for one in both["items"]] == ["three"]
    after = await user.get("/projects", sequence, archived=True, limit=1, cursor=both["next_cursor"])
    assert ([one["name"] for one in after["items"]], after["next_cursor"]) == (["two"], None)
    refused = await user.http.post("/api/v1/tasks", json=await user.ask(project=project["id"]))
    check_problem(refused, 409, "project_archived")

    assert (await user.http.delete(f"/api/v1{path}")).status_code == 204
    check_problem(await user.http.get(f"/api/v1{path}"), 404, "project_unknown")
    assert (await create(user, name="three"))["id"] != project["id"]


async def test_a_name_whose_project_was_half_deleted_is_free(parts: Parts, make_user: MakeUser) -> None:
    user = await make_user()
    project = await create(user, name="one")
    assert (await user.http.delete(f"/api/v1/projects/{project['id']}")).status_code == 204
    await parts.pool.execute(
        "INSERT INTO project_names (id, owner, name) VALUES ($1, $2, 'one')", project["id"], user.member.account
    )
    assert (await create(user, name="one"))["id"] != project["id"]


async def test_runs_and_models_are_put_into_a_project_and_found_there(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    user = await make_user()
    project, other = await create(user), await create(user)
    inside = await user.submit(project=project["id"])
    assert inside["project"] == {"id": project["id"], "name": project["name"]}
    outside, model = await user.submit(), await user.upload("model", a_model())
    moved, _ = await change(user, f"/tasks/{outside['id']}", project=other["id"])
    assert moved["project"]["id"] == other["id"]
    shown, sequence = await change(user, f"/models/{model}", project=project["id"])
    assert shown["project"]["id"] == project["id"]

    assert await listed(user, "tasks", sequence, project=project["id"]) == {inside["id"]}
    assert await listed(user, "tasks", sequence, project=[project["id"], other["id"]]) == {inside["id"], outside["id"]}
    assert await listed(user, "models", sequence, project=project["id"]) == {model}
    found = await user.get(f"/projects/{project['id']}", sequence)
    assert (found["runs"], found["models"]) == (1, 1)

    _, sequence = await change(user, f"/tasks/{inside['id']}", project=None)
    assert await listed(user, "tasks", sequence, project=project["id"]) == set()
    assert (await user.http.delete(f"/api/v1/projects/{other['id']}")).status_code == 204
    assert (await user.get(f"/tasks/{outside['id']}"))["project"] is None
    assert await listed(user, "tasks", sequence, project=other["id"]) == set()
    check_problem(
        await user.http.patch(f"/api/v1/tasks/{inside['id']}", json={"project": other["id"]}), 404, "project_unknown"
    )


async def test_tags_are_added_removed_and_filtered_by(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    user = await make_user()
    first = await user.submit(tags=["Nightly", " int8 "])
    assert first["tags"] == ["int8", "nightly"]
    second, model = await user.submit(tags=["nightly"]), await user.upload("model", a_model())
    changed, _ = await change(user, f"/tasks/{second['id']}", add_tags=["fp16", "NIGHTLY"], remove_tags=["int8"])
    assert changed["tags"] == ["fp16", "nightly"]
    _, sequence = await change(user, f"/models/{model}", add_tags=["int8"])

    assert await listed(user, "tasks", sequence, tag="nightly") == {first["id"], second["id"]}
    assert await listed(user, "tasks", sequence, tag=["nightly", "int8"]) == {first["id"]}
    assert await listed(user, "tasks", sequence, tag=["nightly", "int8"], state="completed") == set()
    assert await listed(user, "tasks", sequence, tag="never") == set()
    assert await listed(user, "models", sequence, tag="INT8") == {model}
    assert (await user.get("/tags", sequence))["items"] == [
        {"tag": "int8", "runs": 1, "models": 1},
        {"tag": "nightly", "runs": 2, "models": 0},
        {"tag": "fp16", "runs": 1, "models": 0},
    ]
    over = await user.http.patch(f"/api/v1/tasks/{first['id']}", json={"add_tags": [f"t{n}" for n in range(19)]})
    check_problem(over, 422, "too_many_tags")
    events = (await user.get(f"/tasks/{second['id']}/events", sequence))["items"]
    assert [len(event["data"]["tags"]) for event in events if event["type"].endswith("task.tagged")] == [2]
    assert "nightly" not in str(events)


async def test_a_team_project_takes_in_what_others_have_and_shows_nothing_more(
    make_user: MakeUser, fleet: Fleet
) -> None:
    assert fleet
    owner, other, guest, admin = [await make_user(role=role) for role in (Role.USER, Role.USER, Role.GUEST, Role.ADMIN)]
    project = await create(owner)
    path = f"/projects/{project['id']}"
    task = await other.submit(tags=["mine"])
    refused = await other.http.patch(f"/api/v1/tasks/{task['id']}", json={"project": project["id"]})
    check_problem(refused, 404, "project_unknown")

    await change(owner, path, visibility="team")
    filed, sequence = await change(other, f"/tasks/{task['id']}", project=project["id"])
    assert filed["project"]["name"] == project["name"]
    assert [(await user.get(path, sequence))["runs"] for user in (owner, other, admin)] == [0, 1, 1]
    assert await listed(owner, "tasks", sequence, project=project["id"], whose="anyone") == set()
    assert await listed(admin, "tasks", sequence, tag="mine", project=project["id"], whose="anyone") == {task["id"]}
    assert project["id"] in await listed(other, "projects", sequence, whose="anyone", q=project["name"])
    check_problem(await guest.http.get(f"/api/v1{path}"), 404, "project_unknown")
    check_problem(await other.http.patch(f"/api/v1{path}", json={"name": "x"}), 403, "not_yours")
    check_problem(await other.http.delete(f"/api/v1{path}"), 403, "not_yours")

    _, sequence = await change(owner, path, visibility="private")
    hidden = await other.get(f"/tasks/{task['id']}", sequence)
    assert (hidden["project"], hidden["tags"]) == (None, ["mine"])
    assert await listed(other, "tasks", sequence, project=project["id"]) == set()


async def test_who_looks_through_a_link_sees_tags_and_no_project(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    owner, other = await make_user(), await make_user()
    task = await owner.submit(tags=["one"], project=(await create(owner))["id"])
    link = (await owner.http.post(f"/api/v1/tasks/{task['id']}/links", json={})).json()
    seen = await other.http.get(
        f"/api/v1/tasks/{task['id']}",
        headers={"Mgeprof-Link": link["token"], "Authorization": "", "Mgeprof-Sequence": str(task["sequence"])},
    )
    assert (seen.json()["project"], seen.json()["tags"]) == (None, ["one"]), seen.text


async def test_a_repeated_run_and_a_sweep_are_grouped_alike(make_user: MakeUser, fleet: Fleet) -> None:
    assert fleet
    owner = await make_user()
    project = await create(owner)
    task = await owner.submit(tags=["one"], project=project["id"])
    retry, fresh = f"/api/v1/tasks/{task['id']}/retry", {"Mgeprof-Sequence": str(task["sequence"])}
    again = (await owner.http.post(retry, json={}, headers=fresh)).json()
    assert (again["project"]["id"], again["tags"]) == (project["id"], ["one"])
    freed = (await owner.http.post(retry, json={"project": None, "tags": []})).json()
    assert (freed["project"], freed["tags"]) == (None, [])
    asked = await owner.ask(project=project["id"], tags=["swept"])
    asked |= {"platforms": [asked.pop("platform")], "engines": [asked.pop("engine")]}
    asked["options"] = [{"iterations": 1}, {"iterations": 2}]
    sweep = await owner.http.post("/api/v1/sweeps", json=asked)
    assert sweep.status_code == 201, sweep.text
    cells = {cell["task_id"] for cell in sweep.json()["cells"]}
    at = int(sweep.headers["Mgeprof-Sequence"])
    assert await listed(owner, "tasks", at, project=project["id"], tag="swept") == cells


async def test_words_go_with_the_last_thing_that_has_them(parts: Parts, make_user: MakeUser, fleet: Fleet) -> None:
    user, person = await make_user(), await make_user()
    kept, gone = await user.submit(tags=["kept"]), await user.submit(tags=["gone"])
    project = await create(person)
    await person.submit(tags=["personal"])
    await fleet.start(gone["id"])
    await fleet.complete(gone["id"])
    assert (await user.http.delete(f"/api/v1/tasks/{gone['id']}")).status_code == 204
    assert await parts.position.reached(await parts.log.last_sequence(), 20)

    async def words(of: MemberUser) -> list[str]:
        rows = await parts.pool.fetch("SELECT word FROM tags WHERE owner = $1 ORDER BY word", of.member.account)
        return [row["word"] for row in rows]

    await tags.forget_unused(parts.pool)
    assert await words(user) == ["gone", "kept"]  # it may be of an event that is not projected yet
    await parts.pool.execute(
        "UPDATE tags SET used_at = now() - interval '2 hours' WHERE owner = $1", user.member.account
    )
    await keeper.go_round(parts)
    assert await words(user) == ["kept"]
    assert (await user.get(f"/tasks/{kept['id']}"))["tags"] == ["kept"]

    admin = await make_user(role=Role.ADMIN)
    assert (await admin.http.delete(f"/api/v1/users/{person.member.account}")).status_code == 204
    assert await words(person) == []
    assert await parts.pool.fetchval("SELECT count(*) FROM project_names WHERE id = $1", project["id"]) == 0
    check_problem(await admin.http.get(f"/api/v1/projects/{project['id']}"), 404, "project_unknown")
