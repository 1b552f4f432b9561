"""What is deleted is gone: names from every table, files when nobody has them any more, and both also after a fault in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from api.deletion import content, keeper
from api.fleet import enrolments
from api.parts import Parts
from core.domain.runner import RUNNER
from core.events.account import Role
from core.events.ids import Platform, RunnerId, TaskId, new_id
from core.events.runner import Pool
from core.events.subjects import runner_key
from core.nats.execute import load
from core.s3 import keys
from core.s3.keys import Content
from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.fleet import Fleet
from tests.integration.api.test_accounts import with_settings
from tests.integration.api.user import Json, User, a_model, an_npy, announced, check_problem


async def delete(user: User, path: str) -> int:
    response = await user.http.delete(f"/api/v1{path}")
    assert response.status_code == 204, response.text
    return int(response.headers.get("Mgeprof-Sequence", 0))


async def ended_task(user: User, fleet: Fleet, **changed: Any) -> tuple[Json, int]:
    task = await user.submit(**changed)
    await fleet.start(task["id"])
    return task, await fleet.complete(task["id"], log__txt=b"a line\n", profile__json=b"{}")


async def files_of(parts: Parts, task: str) -> list[str]:
    return [entry.key async for entry in parts.store.list(keys.artifacts_prefix(TaskId(UUID(task))))]


async def tables_holding(parts: Parts, text: str) -> set[str]:
    """The tables of the api and of the read models in which some row holds a text."""
    tables = await parts.pool.fetch(
        "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables"
        " WHERE table_schema IN ('api', 'read')"
    )
    holds = "SELECT EXISTS (SELECT FROM {} t WHERE t::text LIKE $1)"
    return {row["name"] for row in tables if await parts.pool.fetchval(holds.format(row["name"]), f"%{text}%")}


@pytest.fixture
async def broken_store() -> AsyncIterator[ObjectStore]:
    """A store at an address where nobody listens."""
    secret = SecretStr("nobody")
    settings = S3Settings(endpoint="http://127.0.0.1:9", bucket="gone", access_key=secret, secret_key=secret)
    async with ObjectStore.open(settings) as store:
        yield store


@contextmanager
def without(parts: Parts, broken: ObjectStore) -> Iterator[Parts]:
    yield replace(parts, store=broken)


async def test_a_task_goes_with_its_files_its_name_and_its_links(
    parts: Parts, make_user: MakeUser, fleet: Fleet
) -> None:
    owner = await make_user()
    task, sequence = await ended_task(owner, fleet, name="a-name-to-forget")
    path = f"/tasks/{task['id']}"
    link = (await owner.http.post(f"/api/v1{path}/links", json={})).json()
    assert len(await files_of(parts, task["id"])) == 3
    sequence = await delete(owner, path)
    assert await files_of(parts, task["id"]) == []
    for after in ("", "/events", "/links", "/profile"):
        response = await owner.http.get(f"/api/v1{path}{after}", headers={"Mgeprof-Sequence": str(sequence)})
        check_problem(response, 404, "task_unknown")
    assert (await owner.get("/tasks", sequence))["items"] == []
    async with client_of(parts, None) as anybody:
        answer = await anybody.get(f"/api/v1{path}", headers={"Mgeprof-Link": link["token"]})
        check_problem(answer, 404, "link_unknown")
    assert await tables_holding(parts, "a-name-to-forget") == set()


async def test_files_go_alone_and_the_figures_stay(parts: Parts, make_user: MakeUser, fleet: Fleet) -> None:
    owner = await make_user()
    running = await owner.submit()
    await fleet.start(running["id"])
    check_problem(await owner.http.delete(f"/api/v1/tasks/{running['id']}/artifacts"), 409, "task_not_ended")
    check_problem(await owner.http.delete(f"/api/v1/tasks/{running['id']}"), 409, "task_not_ended")
    task, _ = await ended_task(owner, fleet)
    sequence = await delete(owner, f"/tasks/{task['id']}/artifacts")
    assert await delete(owner, f"/tasks/{task['id']}/artifacts") == sequence
    shown = await owner.get(f"/tasks/{task['id']}", sequence)
    assert (shown["artifacts"], shown["summary"]["totals"]["operators"]) == ([], 2)
    assert await files_of(parts, task["id"]) == []


async def test_a_model_goes_and_its_bytes_with_the_last_that_has_them(
    parts: Parts, make_user: MakeUser, fleet: Fleet
) -> None:
    one, other = await make_user(), await make_user()
    data = a_model()
    key = keys.content(Content.MODELS, announced("model", data)["sha256"])
    first = await one.upload("model", data, filename="name-to-forget.mge")
    second = await other.upload("model", data)
    task, _ = await ended_task(one, fleet, model=first)
    waiting = await other.submit(model=second)

    sequence = await delete(one, f"/models/{first}")
    check_problem(await one.http.get(f"/api/v1/models/{first}"), 404, "model_unknown")
    assert (await one.get("/models", sequence))["items"] == []
    shown = await one.get(f"/tasks/{task['id']}", sequence)
    assert (shown["model"]["id"], shown["model"]["name"]) == (first, None)
    assert await tables_holding(parts, "name-to-forget") == set()
    assert await parts.store.head(key), "another model has these bytes"

    await delete(other, f"/models/{second}")
    assert await parts.store.head(key), "a task waits for these bytes"
    cancelled = await other.http.post(f"/api/v1/tasks/{waiting['id']}/cancel")
    assert await parts.position.reached(int(cancelled.headers["Mgeprof-Sequence"]), 60)
    await content.collect_all(parts)
    assert await parts.store.head(key) is None


async def test_bytes_of_an_upload_under_way_stay(parts: Parts, make_user: MakeUser) -> None:
    one, other = await make_user(), await make_user()
    data = an_npy((700,))
    key = keys.content(Content.INPUTS, announced("input", data)["sha256"])
    given = await one.upload("input", data)
    upload = await other.begin("input", data)
    await other.send(upload, data)
    await delete(one, f"/inputs/{given}")
    assert await parts.store.head(key)
    assert (await other.complete(upload)).status_code == 200
    await content.collect_all(parts)
    assert await parts.store.head(key)
    await delete(other, f"/inputs/{(await other.complete(upload)).json()['resource_id']}")
    assert await parts.store.head(key) is None


async def test_an_input_in_a_dataset_stays(make_user: MakeUser) -> None:
    owner = await make_user()
    given = await owner.upload("input", an_npy())
    made = await owner.http.post("/api/v1/datasets", json={"name": "set", "inputs": {"data": given}})
    check_problem(await owner.http.delete(f"/api/v1/inputs/{given}"), 409, "input_in_use")
    await delete(owner, f"/datasets/{made.json()['id']}")
    await delete(owner, f"/inputs/{given}")


async def test_a_store_that_fails_in_between_only_delays(
    parts: Parts, make_user: MakeUser, fleet: Fleet, broken_store: ObjectStore
) -> None:
    owner = await make_user()
    data = a_model()
    key = keys.content(Content.MODELS, announced("model", data)["sha256"])
    model = await owner.upload("model", data)
    task, _ = await ended_task(owner, fleet, model=model)
    with without(parts, broken_store) as faulty:
        async with client_of(faulty, owner.member.key) as http:
            for path in (f"/tasks/{task['id']}", f"/models/{model}"):
                assert (await http.delete(f"/api/v1{path}")).status_code == 204
    check_problem(await owner.http.get(f"/api/v1/models/{model}"), 404, "model_unknown")
    assert len(await files_of(parts, task["id"])) == 3
    assert await parts.store.head(key)
    await parts.pool.execute("UPDATE deletions SET due_at = now()")
    await keeper.go_round(parts)
    assert await files_of(parts, task["id"]) == []
    assert await parts.store.head(key) is None


async def test_a_deletion_that_was_only_marked_is_carried_out(parts: Parts, make_user: MakeUser, fleet: Fleet) -> None:
    """The process was killed right after the mark."""
    owner = await make_user()
    task, sequence = await ended_task(owner, fleet)
    await parts.pool.execute(
        "INSERT INTO deletions (id, kind, thing, platform, owner, actor, due_at)"
        " VALUES (gen_random_uuid(), 'task', $1, 'x86', $2, $2, now())",
        task["id"],
        owner.member.account,
    )
    await keeper.go_round(parts)
    assert await files_of(parts, task["id"]) == []
    assert await parts.position.reached(sequence + 1, 60)
    check_problem(await owner.http.get(f"/api/v1/tasks/{task['id']}"), 404, "task_unknown")
    late = keys.artifact(TaskId(UUID(task["id"])), 1, "late.json")
    await parts.store.put_bytes(late, b"{}")  # through an upload address that the runner still had
    await parts.pool.execute("UPDATE deletions SET due_at = now() WHERE swept")
    await keeper.go_round(parts)
    assert await parts.store.head(late) is None
    assert not await parts.pool.fetchval("SELECT count(*) FROM deletions WHERE thing = $1", task["id"])


async def test_a_person_goes_with_all_that_was_theirs(parts: Parts, make_user: MakeUser, fleet: Fleet) -> None:
    admin, person = await make_user(role=Role.ADMIN), await make_user("Person-To-Forget")
    data = a_model()
    model = await person.upload("model", data, filename="person-model.mge")
    ended, _ = await ended_task(person, fleet, model=model, name="person-ended")
    running = await person.submit(model=model, name="person-running")
    sequence = await fleet.start(running["id"])
    assert await parts.position.reached(sequence, 60)
    given = await person.upload("input", an_npy(), filename="person-input.npy")
    await person.http.post("/api/v1/datasets", json={"name": "person-set", "inputs": {"data": given}})
    await person.begin("model", a_model(), filename="person-upload.mge")

    sequence = await delete(admin, f"/users/{person.member.account}")
    assert await parts.position.reached(sequence, 60)
    check_problem(await person.http.get("/api/v1/me"), 401, "token_refused")
    assert await files_of(parts, ended["id"]) == []
    await stop(fleet, running["id"], parts)
    await parts.pool.execute("UPDATE deletions SET due_at = now()")
    await keeper.go_round(parts)
    assert await tables_holding(parts, "person-") == set()
    assert await tables_holding(parts, "Person-To-Forget") == set()
    key = keys.content(Content.MODELS, announced("model", data)["sha256"])
    assert await parts.store.head(key) is None
    history = await admin.get("/admin/audit", sequence, thing=str(person.member.account))
    newest = history["items"][0]
    assert (newest["type"], newest["actor_name"]) == ("account.deleted", admin.member.name)
    assert {act["owner_name"] for act in history["items"]} == {None}


async def test_the_private_runners_of_a_person_go_and_the_public_ones_stay(
    parts: Parts, make_user: MakeUser, fleet: Fleet
) -> None:
    person, other, admin = await make_user(), await make_user(), await make_user(role=Role.ADMIN)
    private, public, others = [Fleet(fleet.log, fleet.store, fleet.run, RunnerId(new_id())) for _ in range(3)]
    await private.enrol(Pool.PRIVATE, person.member.account)
    await public.enrol(Pool.PUBLIC, person.member.account)
    await others.enrol(Pool.PRIVATE, other.member.account)
    await enrolments.add_key(parts.pool, "U-OF-THE-PERSON", private.id, Platform.X86)
    await enrolments.insert(parts.pool, person.member.account, Pool.PRIVATE, 3600)
    assert await parts.position.reached(await parts.log.last_sequence(), 10)
    for user, runner in ((other, others), (person, private)):
        named = await user.http.patch(f"/api/v1/runners/{runner.id}", json={"name": f"of {user.member.name}"})
        assert named.status_code == 200, named.text
    granted = {"account": str(person.member.account)}
    assert (await other.http.post(f"/api/v1/runners/{others.id}/grants", json=granted)).status_code == 201
    assert await parts.position.reached(await parts.log.last_sequence(), 10)

    await delete(admin, f"/users/{person.member.account}")
    known = [await load(parts.log, RUNNER, runner_key(Platform.X86, one.id)) for one in (private, public, others)]
    assert [one.state.revoked for one in known] == [True, False, False]
    assert known[2].state.grants == frozenset()
    assert await parts.door.admit("U-OF-THE-PERSON") is None
    assert await enrolments.open_ones(parts.pool, person.member.account) == []
    assert await tables_holding(parts, person.member.name) == set()


async def stop(fleet: Fleet, task: str, parts: Parts) -> None:
    """The runner stops what was to be stopped."""
    assert await parts.position.reached(await fleet.stop(task), 60)


async def test_administrators_and_the_local_account_are_not_lost(user: User, make_user: MakeUser) -> None:
    admin, other = await make_user(role=Role.ADMIN), await make_user()
    check_problem(await admin.http.delete(f"/api/v1/users/{admin.member.account}"), 409, "not_yourself")
    local = (await user.get("/me"))["id"]
    check_problem(await admin.http.delete(f"/api/v1/users/{local}"), 409, "local_account")
    check_problem(await other.http.delete(f"/api/v1/users/{admin.member.account}"), 403, "admin_only")
    check_problem(await user.http.delete("/api/v1/me"), 409, "local_account")


async def test_old_files_go_when_that_is_wished(parts: Parts, make_user: MakeUser, fleet: Fleet) -> None:
    admin, owner = await make_user(role=Role.ADMIN), await make_user()
    task, sequence = await ended_task(owner, fleet)
    assert await parts.position.reached(sequence, 60)
    assert (await admin.get("/admin/retention"))["files_days"] is None
    set_ = await admin.http.patch("/api/v1/admin/retention", json={"files_days": 1})
    assert set_.json()["changed_by"] == str(admin.member.account)
    try:
        await admin.http.post("/api/v1/admin/retention/run")
        assert await files_of(parts, task["id"])
        due = await admin.get("/admin/retention/due", days=1e-9)
        assert due["tasks"] >= 1
        assert due["bytes"] >= len(b"a line\n{}")
        assert (await admin.get("/admin/retention/due"))["tasks"] == 0, "as is set: a day"
        assert await files_of(parts, task["id"]), "a look deletes nothing"
        await admin.http.patch("/api/v1/admin/retention", json={"files_days": 1e-9})
        while (await admin.http.post("/api/v1/admin/retention/run")).json()["tasks"]:
            pass
    finally:
        await admin.http.patch("/api/v1/admin/retention", json={"files_days": None})
    assert await files_of(parts, task["id"]) == []
    events = (await owner.get(f"/tasks/{task['id']}/events"))["items"]
    assert (events[-1]["type"], events[-1]["actor"]) == ("task.files_deleted", str(UUID(int=0)))


async def test_guests_go_after_a_while_with_all_that_they_made(parts: Parts, fleet: Fleet) -> None:
    hosting = with_settings(parts, guests=True, guest_days=1.0)
    async with client_of(hosting, None) as anybody:
        began = (await anybody.post("/api/v1/auth/guest", json={})).json()
    async with client_of(hosting, began["access_token"]) as client:
        guest = User(client)
        task, sequence = await ended_task(guest, fleet)
        link = (await client.post(f"/api/v1/tasks/{task['id']}/links", json={})).json()
        assert await parts.position.reached(max(sequence, await parts.log.last_sequence()), 10)
        await keeper.go_round(hosting)
        assert (await client.get("/api/v1/me")).status_code == 200, "a day has not gone by"
        # The account is not a day old: a shorter stay is as good as a later hour.
        await keeper.go_round(with_settings(parts, guests=True, guest_days=1e-9))
        check_problem(await client.get("/api/v1/me"), 401, "token_refused")
    async with client_of(hosting, None) as anybody:
        check_problem(await anybody.post("/api/v1/shared/open", json={"token": link["token"]}), 404, "link_unknown")
    assert await files_of(parts, task["id"]) == []
