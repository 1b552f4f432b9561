from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from api.commands import command_id
from api.identity import Identity
from api.parts import Parts
from api.sweeps import table
from api.sweeps.resources import NewSweep
from api.sweeps.submit import lay_down, resume
from api.tasks.place import place
from core.events.account import Role
from core.events.failure import FailureKind
from core.nats.execute import execute
from core.nats.log import LogUnavailableError
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.fleet import OWNER, Fleet
from tests.integration.api.user import Json, User, a_model, an_npy, check_problem

pytestmark = pytest.mark.usefixtures("fleet")

BATCHES = [{"batch_size": 1}, {"batch_size": 4}]


async def asked_for(user: User, **changed: Any) -> Json:
    asked: Json = {"name": "by batch", "platforms": ["x86"], "engines": ["1.13.0"], "options": BATCHES}
    model, array = await user.upload("model", a_model()), await user.upload("input", an_npy((3, 2)))
    return {**asked, "model": model, "inputs": {"data": array}, **changed}


async def post(user: User, asked: Json, key: str | None = None) -> httpx2.Response:
    return await user.http.post("/api/v1/sweeps", json=asked, headers={"Idempotency-Key": key} if key else {})


async def submit(user: User, **changed: Any) -> tuple[Json, int]:
    """The sweep, and the sequence from which reads show it."""
    response = await post(user, await asked_for(user, **changed))
    assert response.status_code == 201, response.text
    return response.json(), int(response.headers["Mgeprof-Sequence"])


async def tasks_of(user: User, sweep: Json, sequence: int = 0) -> list[Json]:
    items: list[Json] = (await user.get("/tasks", sequence, sweep=sweep["id"], sort="submitted_at"))["items"]
    return items


async def test_a_sweep_becomes_tasks_with_its_id(user: User) -> None:
    sweep, sequence = await submit(user, options=[*BATCHES, {"batch_size": 4, "iterations": 3}])
    assert sweep["axes"] == [{"name": "iterations", "values": [10, 3]}, {"name": "batch_size", "values": [1, 4]}]
    tasks = await tasks_of(user, sweep, sequence)
    assert [one["id"] for one in tasks] == [cell["task_id"] for cell in sweep["cells"]]
    assert {one["sweep"] for one in tasks} == {sweep["id"]}
    assert [one["name"] for one in tasks][1] == "by batch: iterations 10, batch_size 4"
    assert [one["options"]["batch_size"] for one in tasks] == [1, 4, 4]
    listed = (await user.get("/sweeps", sequence))["items"]
    assert next(one for one in listed if one["id"] == sweep["id"])["states"] == {"submitted": 3}


async def test_the_matrix_shows_what_tasks_measured_and_which_is_best(user: User, fleet: Fleet) -> None:
    sweep, _ = await submit(user)
    first, second = (cell["task_id"] for cell in sweep["cells"])
    await fleet.start(first)
    await fleet.complete(first)
    await fleet.start(second)
    sequence = await fleet.complete(second)
    found = await user.get(f"/sweeps/{sweep['id']}", sequence)
    assert found["states"] == {"completed": 2}
    assert [cell["at"] for cell in found["cells"]] == BATCHES
    small, large = found["cells"]
    assert (small["latency_p50"], small["latency_min"], small["peak_memory"], small["device_s"]) == (2, 1, 1000, 0.5)
    assert (small["throughput"], large["throughput"]) == (0.5, 2.0)
    assert found["best"] == {"metric": "latency_p50", "latency_limit_s": None, "task_id": first}
    limited = await user.get(f"/sweeps/{sweep['id']}", latency_limit_s=2.5)
    assert limited["best"] == {"metric": "throughput", "latency_limit_s": 2.5, "task_id": second}
    none = await user.get(f"/sweeps/{sweep['id']}", latency_limit_s=1.5, metric="peak_memory")
    assert none["best"]["task_id"] is None


async def test_throughput_counts_the_items_of_the_data(user: User) -> None:
    sweep, _ = await submit(user, options=[{}])
    assert [cell["batch"] for cell in sweep["cells"]] == [3]


async def test_the_same_key_makes_one_sweep(user: User) -> None:
    asked, key = await asked_for(user), secrets.token_hex()
    answers = [await post(user, asked, key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    sequence = int(answers[1].headers["Mgeprof-Sequence"])
    assert len(await tasks_of(user, answers[0].json(), sequence)) == 2
    other = await post(user, {**asked, "name": "another"}, key)
    check_problem(other, 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"model": str(uuid4())}, 404, "model_unknown"),
        ({"engines": ["1.13.0", "0.0.1"]}, 422, "engine_unknown"),
        ({"platforms": ["x86", "arm"]}, 422, "platform_unknown"),
        ({"options": [{}, {"threads": 2}]}, 422, "option_unsupported"),
        ({"options": [{}, {"iterations": 10}]}, 422, "invalid_request"),
        ({"options": [{"iterations": n} for n in range(1, 102)]}, 422, "invalid_request"),
        ({"engines": []}, 422, "invalid_request"),
    ],
)
async def test_one_bad_part_submits_nothing(user: User, changed: Json, status: int, code: str) -> None:
    asked = await asked_for(user, **changed)
    check_problem(await post(user, asked), status, code)
    assert (await user.get("/tasks", model=asked["model"]))["items"] == []


async def test_a_sweep_that_a_crash_left_halfway_is_completed(user: User, parts: Parts) -> None:
    asked = await asked_for(user)
    caller, new, key = Identity(OWNER, "local"), NewSweep.model_validate(asked), secrets.token_hex()
    digest = hashlib.sha256(new.model_dump_json().encode()).hexdigest()
    before = {one["id"] for one in (await user.get("/sweeps"))["items"]}
    # As if the process had ended before the first task was submitted.
    await lay_down(parts, caller, new, digest, command_id(caller, "POST /sweeps", key))
    assert {one["id"] for one in (await user.get("/sweeps"))["items"]} == before
    assert await resume(parts, older_than_s=0) == 1
    assert await resume(parts, older_than_s=0) == 0
    response = await post(user, asked, key)
    sweep = response.json()
    assert sweep["id"] not in before
    tasks = await tasks_of(user, sweep, int(response.headers["Mgeprof-Sequence"]))
    assert {one["id"] for one in tasks} == {cell["task_id"] for cell in sweep["cells"]}


async def test_cancelling_a_sweep_cancels_what_has_not_ended(user: User, fleet: Fleet) -> None:
    sweep, _ = await submit(user)
    first = sweep["cells"][0]["task_id"]
    await fleet.start(first)
    await fleet.complete(first)
    for _ in range(2):
        response = await user.http.post(f"/api/v1/sweeps/{sweep['id']}/cancel")
        assert response.status_code == 202, response.text
    sequence = int(response.headers["Mgeprof-Sequence"])
    found = await user.get(f"/sweeps/{sweep['id']}", sequence)
    assert [cell["state"] for cell in found["cells"]] == ["completed", "cancelled"]


async def test_sweeps_of_others_do_not_exist(user: User, make_user: MakeUser) -> None:
    sweep, sequence = await submit(user)
    stranger = await make_user()
    check_problem(await stranger.http.get(f"/api/v1/sweeps/{sweep['id']}"), 404, "sweep_unknown")
    check_problem(await stranger.http.post(f"/api/v1/sweeps/{sweep['id']}/cancel"), 404, "sweep_unknown")
    assert (await stranger.get("/sweeps", sequence))["items"] == []


async def test_sweeps_are_listed_newest_first_in_pages(user: User) -> None:
    made = [(await submit(user))[0]["id"] for _ in range(3)]
    seen: list[str] = []
    cursor: Json = {}
    while True:
        page = await user.get("/sweeps", limit=2, **cursor)
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen[:3] == made[::-1]
    assert sorted(seen, key=UUID, reverse=True) == seen
    check_problem(await user.http.get("/api/v1/sweeps", params={"cursor": "x"}), 422, "invalid_cursor")


class BreaksOff:
    """An outside call that works so many times, and then finds nobody."""

    def __init__(self, call: Callable[..., Awaitable[Any]], works: int) -> None:
        self._call, self._works = call, works

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        self._works -= 1
        if self._works < 0:
            raise LogUnavailableError("the broker is away")
        return await self._call(*arguments, **named)


async def test_a_submission_that_breaks_off_between_tasks_goes_on_where_it_was(
    user: User, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, key = await asked_for(user), secrets.token_hex()
    with monkeypatch.context() as patch:
        patch.setattr("api.sweeps.submit.place", BreaksOff(place, 1))
        check_problem(await post(user, asked, key), 503, "broker_unavailable")
    [halfway] = await table.unplaced(parts.pool, 0)
    # Of a sweep that is not whole nobody knows yet, so nobody can give it up either.
    check_problem(await user.http.post(f"/api/v1/sweeps/{halfway.id}/cancel"), 404, "sweep_unknown")
    response = await post(user, asked, key)
    assert response.status_code == 201, response.text
    sweep, sequence = response.json(), int(response.headers["Mgeprof-Sequence"])
    assert sweep["id"] == str(halfway.id)
    assert len(await tasks_of(user, sweep, sequence)) == 2
    for cell in sweep["cells"]:
        happened = [one["type"] for one in (await user.get(f"/tasks/{cell['task_id']}/events"))["items"]]
        assert [kind for kind in happened if "submitted" in kind] == happened[:1]


async def test_a_sweep_is_given_up_while_its_first_task_runs_and_the_others_wait(user: User, fleet: Fleet) -> None:
    sweep, _ = await submit(user)
    first = sweep["cells"][0]["task_id"]
    await fleet.start(first)
    response = await user.http.post(f"/api/v1/sweeps/{sweep['id']}/cancel")
    found = await user.get(f"/sweeps/{sweep['id']}", int(response.headers["Mgeprof-Sequence"]))
    assert [cell["state"] for cell in found["cells"]] == ["cancelling", "cancelled"]
    sequence = await fleet.stop(first)
    found = await user.get(f"/sweeps/{sweep['id']}", sequence)
    assert found["states"] == {"cancelled": 2}
    assert found["best"]["task_id"] is None


async def test_giving_up_that_breaks_off_between_tasks_is_done_by_asking_again(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep, _ = await submit(user)
    with monkeypatch.context() as patch:
        patch.setattr("api.sweeps.whole.execute", BreaksOff(execute, 1))
        response = await user.http.post(f"/api/v1/sweeps/{sweep['id']}/cancel")
        check_problem(response, 503, "broker_unavailable")
    response = await user.http.post(f"/api/v1/sweeps/{sweep['id']}/cancel")
    assert response.status_code == 202, response.text
    found = await user.get(f"/sweeps/{sweep['id']}", int(response.headers["Mgeprof-Sequence"]))
    assert found["states"] == {"cancelled": 2}
    for cell in sweep["cells"]:
        happened = [one["type"] for one in (await user.get(f"/tasks/{cell['task_id']}/events"))["items"]]
        assert sum("cancelled" in kind for kind in happened) == 1


async def test_a_sweep_is_seen_as_far_as_its_tasks_are(parts: Parts, make_user: MakeUser) -> None:
    owner, other, admin = await make_user(), await make_user(), await make_user(role=Role.ADMIN)
    sweep, sequence = await submit(owner)
    path, (first, second) = f"/sweeps/{sweep['id']}", [cell["task_id"] for cell in sweep["cells"]]
    assert await parts.position.reached(sequence, 20)

    async def cells(user: User) -> list[str]:
        return [cell["task_id"] for cell in (await user.get(path))["cells"]]

    check_problem(await other.http.get(f"/api/v1{path}"), 404, "sweep_unknown")
    shown = await owner.http.patch(f"/api/v1/tasks/{first}", json={"visibility": "team"})
    assert await parts.position.reached(int(shown.headers["Mgeprof-Sequence"]), 20)
    assert (await cells(other), await cells(owner), await cells(admin)) == ([first], [first, second], [first, second])
    assert (await owner.get(path))["visibility"] == "private", "not all of it is shown"
    for refused in (
        await other.http.post(f"/api/v1{path}/cancel"),
        await other.http.patch(f"/api/v1{path}", json={"visibility": "team"}),
    ):
        check_problem(refused, 403, "not_yours")

    link = (await owner.http.post(f"/api/v1/tasks/{second}/links", json={})).json()["token"]
    async with client_of(parts, None) as stranger:
        opened = await stranger.get(f"/api/v1{path}", headers={"Mgeprof-Link": link})
        assert [cell["task_id"] for cell in opened.json()["cells"]] == [second]

    assert (await owner.http.patch(f"/api/v1{path}", json={"visibility": "team"})).json()["visibility"] == "team"
    listed = {one["id"]: one for one in (await other.get("/sweeps", whose="anyone"))["items"]}
    assert (listed[sweep["id"]]["tasks"], listed[sweep["id"]]["owner"]) == (2, str(owner.member.account))
    assert (await other.get("/sweeps"))["items"] == []
    await owner.http.patch(f"/api/v1{path}", json={"visibility": "private"})
    check_problem(await other.http.get(f"/api/v1{path}"), 404, "sweep_unknown")
    given_up = await admin.http.post(f"/api/v1{path}/cancel")
    assert given_up.status_code == 202, given_up.text


async def test_a_link_opens_a_sweep_with_all_its_tasks_and_nothing_else(
    parts: Parts, make_user: MakeUser, fleet: Fleet
) -> None:
    owner, other = await make_user(), await make_user()
    sweep, _ = await submit(owner)
    alone = await owner.submit()
    path, tasks = f"/api/v1/sweeps/{sweep['id']}", [cell["task_id"] for cell in sweep["cells"]]
    for task in tasks:
        await fleet.start(task)
        sequence = await fleet.complete(task, log__txt=b"a line\n")
    assert await parts.position.reached(sequence, 20)
    check_problem(await other.http.post(f"{path}/links", json={}), 404, "sweep_unknown")
    made = await owner.http.post(f"{path}/links", json={"days": 2})
    assert made.status_code == 201, made.text
    link = made.json()
    assert link["url"].endswith(f"/shared/sweeps/{sweep['id']}#{link['token']}")
    assert (link["task_id"], link["sweep_id"]) == (None, sweep["id"])

    async def seen(http: httpx2.AsyncClient, **headers: str) -> list[int]:
        reads = (path, *(f"/api/v1/tasks/{task}{what}" for task in tasks for what in ("", "/artifacts/log.txt")))
        others = f"/api/v1/tasks/{alone['id']}", f"/api/v1/compare/outputs?a={alone['id']}&b={tasks[0]}"
        return [(await http.get(one, headers=headers)).status_code for one in (*reads, *others)]

    async with client_of(parts, None) as program, client_of(parts, None) as browser:
        assert await seen(program, **{"Mgeprof-Link": link["token"]}) == [200] * 5 + [404] * 2
        # They kept no outputs: whoever may compare them is told that, whoever may not is not.
        compared = f"/api/v1/compare/outputs?a={tasks[0]}&b={tasks[1]}"
        assert (await program.get(compared)).status_code == 401
        assert (await program.get(compared, headers={"Mgeprof-Link": link["token"]})).status_code == 409
        for forbidden in ("cancel", "links"):
            answer = await program.post(f"{path}/{forbidden}", json={}, headers={"Mgeprof-Link": link["token"]})
            check_problem(answer, 401, "token_missing")

        opened = await browser.post("/api/v1/shared/open", json={"token": link["token"]})
        assert (opened.json()["sweep_id"], set(opened.json()["tasks"])) == (sweep["id"], set(tasks))
        cookie = opened.headers["set-cookie"].lower()
        assert all(word in cookie for word in ("path=/api/v1;", "httponly", "samesite=strict"))
        assert await seen(browser) == [200] * 5 + [404] * 2
        assert (await browser.get(compared)).status_code == 409

        # A browser that only has to renew its session is told so: it may see more than its links open.
        browser.cookies.set(parts.accounts.cookies.csrf, "something", domain="mgeprof.test", path="/")
        check_problem(await browser.get(path), 401, "token_missing")
        browser.cookies.delete(parts.accounts.cookies.csrf)

        [listed] = (await owner.get(f"/sweeps/{sweep['id']}/links"))["items"]
        assert (listed["id"], listed["open"]) == (link["id"], True)
        assert (await owner.get(f"/tasks/{tasks[0]}/links"))["items"] == []
        for _ in range(2):
            assert (await owner.http.delete(f"{path}/links/{link['id']}")).status_code == 204
        check_problem(await browser.get(path), 404, "link_unknown")
        check_problem(await program.get(path, headers={"Mgeprof-Link": link["token"]}), 404, "link_unknown")
    types = [event["type"] for event in (await owner.get(f"/tasks/{tasks[1]}/events"))["items"]]
    assert types[-2:] == ["task.shared", "task.share_revoked"]


async def test_a_sweep_with_a_model_that_kills_runners_is_submitted_at_its_owners_word(
    make_user: MakeUser, fleet: Fleet
) -> None:
    owner = await make_user()
    asked = await asked_for(owner)
    killer = await owner.submit(model=asked["model"], inputs=asked["inputs"])
    await fleet.queue(killer["id"])
    await fleet.start(killer["id"])
    sequence = await fleet.fail(killer["id"], FailureKind.RUNNER_LOST, {"message": "three runners were lost"})
    assert (await owner.get(f"/tasks/{killer['id']}", sequence))["state"] == "failed"
    check_problem(await post(owner, asked), 409, "model_kills_runners")
    assert (await post(owner, {**asked, "despite_losses": True})).status_code == 201
