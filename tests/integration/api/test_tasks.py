from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from api.parts import Parts
from core.events.failure import FailureKind
from core.events.ids import TaskId
from core.protocol.orders import RequestDocument
from core.s3 import keys
from tests.integration.api.conftest import MakeUser, client_of
from tests.integration.api.fleet import OWNER, Fleet
from tests.integration.api.user import User, a_model, an_npy, check_problem

pytestmark = pytest.mark.usefixtures("fleet")


async def test_a_submitted_task_stands_in_the_log_and_in_the_list(user: User, parts: Parts) -> None:
    data, array = a_model(), an_npy()
    model, array_id = await user.upload("model", data, filename="r.mge"), await user.upload("input", array)
    asked = await user.ask(model=model, inputs={"data": array_id}, options={"iterations": 3})
    response = await user.http.post("/api/v1/tasks", json=asked)
    task, sequence = response.json(), int(response.headers["Mgeprof-Sequence"])
    assert response.status_code == 201
    assert response.headers["Location"] == task["url"] == f"http://mgeprof.test/api/v1/tasks/{task['id']}"
    assert (task["state"], task["name"], task["owner"]) == ("submitted", "a run", str(OWNER))
    assert task["model"] == {
        "id": model,
        "name": "r.mge",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }
    assert (task["inputs"]["data"]["shape"], task["inputs"]["data"]["id"]) == ([2, 3], array_id)
    assert (task["options"]["iterations"], task["options"]["warmup"]) == (3, 1)
    assert task["sequence"] == sequence
    assert await user.get(f"/tasks/{task['id']}", sequence) == task
    assert (await user.get("/tasks", sequence, limit=1))["items"] == [task]
    document = await parts.store.read_bytes(keys.request(TaskId(task["id"])))
    named = RequestDocument.model_validate_json(document)
    assert {name: file.sha256 for name, file in named.inputs.items()} == {"data": hashlib.sha256(array).hexdigest()}
    [submitted] = (await user.get(f"/tasks/{task['id']}/events"))["items"]
    assert submitted["type"] == "task.submitted"
    assert submitted["data"]["request"] == hashlib.sha256(document).hexdigest()
    assert "r.mge" not in json.dumps(submitted)
    assert "a run" not in json.dumps(submitted)


async def test_the_same_key_submits_one_task(user: User) -> None:
    asked, key = await user.ask(), {"Idempotency-Key": secrets.token_hex()}
    answers = [await user.http.post("/api/v1/tasks", json=asked, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["Mgeprof-Sequence"] == answers[1].headers["Mgeprof-Sequence"]
    other = await user.http.post("/api/v1/tasks", json={**asked, "name": "another"}, headers=key)
    check_problem(other, 422, "idempotency_key_reused")
    without = await user.http.post("/api/v1/tasks", json=asked)
    assert without.json()["id"] != answers[0].json()["id"]


@pytest.mark.parametrize(
    ("changed", "field", "allowed"),
    [
        ({"options": {"iterations": 0}}, "options.iterations", None),
        ({"options": {"speed": 9}}, "options.speed", None),
        ({"options": {"time_limit_s": "long"}}, "options.time_limit_s", None),
        ({"platform": "tpu"}, "platform", ["x86", "cuda", "arm"]),
        ({"platform": "any"}, "platform", ["x86", "cuda", "arm"]),
        ({"engine": "not a version"}, "engine", None),
        ({"model": "resnet"}, "model", None),
        ({"inputs": {"data": 1}}, "inputs.data", None),
        ({"name": "two\nlines"}, "name", None),
        ({"colour": "red"}, "colour", None),
    ],
)
async def test_what_is_wrong_with_a_submission_is_said(
    user: User, changed: dict[str, Any], field: str, allowed: list[str] | None
) -> None:
    asked = {"model": str(uuid4()), "inputs": {}, "platform": "x86", "engine": "1.13.0", **changed}
    problem = check_problem(await user.http.post("/api/v1/tasks", json=asked), 422, "invalid_request")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["errors"][0].get("allowed") == allowed
    assert field in problem["detail"]


async def test_what_does_not_exist_is_refused(user: User) -> None:
    model = await user.upload("model", a_model())
    for changed, status, code in (
        ({"model": str(uuid4())}, 404, "model_unknown"),
        ({"inputs": {"data": str(uuid4())}}, 404, "input_unknown"),
        ({"platform": "cuda"}, 422, "platform_unknown"),
        ({"engine": "1.12.0"}, 422, "engine_unknown"),
    ):
        asked = {"model": model, "inputs": {}, "platform": "x86", "engine": "1.13.0", **changed}
        problem = check_problem(await user.http.post("/api/v1/tasks", json=asked), status, code)
        if code == "platform_unknown":
            assert problem["allowed"] == ["x86"]
        if code == "engine_unknown":
            assert problem["allowed"] == ["1.13.0"]
            assert "1.13.0" in problem["detail"]
        if code == "input_unknown":
            assert problem["errors"][0]["field"] == "inputs.data"


async def test_a_waiting_task_is_cancelled_at_once(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.queue(task["id"])
    response = await user.http.post(f"/api/v1/tasks/{task['id']}/cancel")
    assert (response.status_code, response.json()["state"]) == (202, "cancelled")
    sequence = int(response.headers["Mgeprof-Sequence"])
    shown = await user.get(f"/tasks/{task['id']}", sequence)
    assert shown == response.json()
    assert shown["ended_at"]
    again = await user.http.post(f"/api/v1/tasks/{task['id']}/cancel")
    assert (again.status_code, again.json()) == (202, shown)


async def test_a_running_task_is_asked_to_stop(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    response = await user.http.post(f"/api/v1/tasks/{task['id']}/cancel")
    assert (response.status_code, response.json()["state"]) == (202, "cancelling")


async def test_keys_of_submission_and_cancel_do_not_meet(user: User) -> None:
    key = {"Idempotency-Key": secrets.token_hex()}
    task = (await user.http.post("/api/v1/tasks", json=await user.ask(), headers=key)).json()
    response = await user.http.post(f"/api/v1/tasks/{task['id']}/cancel", headers=key)
    assert response.json()["state"] == "cancelled"


async def test_a_task_that_has_ended_cannot_be_cancelled(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    await fleet.complete(task["id"])
    check_problem(await user.http.post(f"/api/v1/tasks/{task['id']}/cancel"), 409, "task_ended")


async def test_a_completed_task_shows_what_it_measured(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    sequence = await fleet.complete(task["id"], log__txt=b"line one\nline two\n")
    shown = await user.get(f"/tasks/{task['id']}", sequence)
    assert (shown["state"], shown["attempt"], shown["phases"]) == ("completed", 1, {"loading": 0.5})
    assert (shown["summary"]["latency"]["p50"], shown["summary"]["totals"]["device_s"]) == (2.0, 0.5)
    [attempt] = shown["attempts"]
    assert (attempt["runner_id"], attempt["outcome"]) == (str(fleet.id), "completed")
    assert attempt["runner_name"].startswith("x86-")
    [artifact] = shown["artifacts"]
    [brief] = [one for one in (await user.get("/tasks", sequence, brief=True))["items"] if one["id"] == task["id"]]
    assert brief == shown | {
        "artifacts": [],
        "inputs": {},
        "phases": {},
        "summary": shown["summary"] | {"by_type": []},
    }
    got = await user.http.get(artifact["url"])
    assert got.content == b"line one\nline two\n"
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    check_problem(await user.http.get(f"/api/v1/tasks/{task['id']}/artifacts/raw.json"), 404, "artifact_unknown")


async def test_a_failed_task_says_why(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    words = {"message": "Assertion `ndim < 8' failed", "log_tail": ["one", "two"]}
    sequence = await fleet.fail(task["id"], FailureKind.BAD_MODEL, words)
    failure = (await user.get(f"/tasks/{task['id']}", sequence))["failure"]
    assert (failure["kind"], failure["exit_code"]) == ("bad_model", 134)
    assert (failure["message"], failure["log_tail"]) == (words["message"], words["log_tail"])
    assert failure["title"] == "The engine could not load this model."
    assert "trace(...)" in failure["hint"]
    [listed] = (await user.get("/tasks", sequence, q=task["id"]))["items"]
    assert (listed["failure"]["kind"], listed["failure"]["message"]) == ("bad_model", None)


async def submit_some(user: User, count: int) -> tuple[str, list[str], int]:
    """Tasks on one model, oldest first, and the sequence of the last."""
    model = await user.upload("model", a_model(), filename=f"model {secrets.token_hex(4)}.mge")
    tasks = [await user.submit(model=model, inputs={}, name=f"run {number} of %") for number in range(count)]
    return model, [task["id"] for task in tasks], tasks[-1]["sequence"]


async def test_pages_go_on_where_the_last_ended(user: User) -> None:
    model, ids, sequence = await submit_some(user, 5)
    seen, cursor = [], None
    while True:
        page = await user.get("/tasks", sequence, model=model, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [task["id"] for task in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    oldest = await user.get("/tasks", sequence, model=model, sort="submitted_at")
    assert [task["id"] for task in oldest["items"]] == ids


async def test_lists_are_filtered(user: User, fleet: Fleet) -> None:
    model, ids, _ = await submit_some(user, 3)
    await fleet.start(ids[0])
    sequence = await fleet.queue(ids[1])

    async def found(**query: Any) -> list[str]:
        page = await user.get("/tasks", sequence, **{"model": model, "sort": "submitted_at", **query})
        return [task["id"] for task in page["items"]]

    assert await found(state="running") == [ids[0]]
    assert await found(state=["running", "queued"]) == ids[:2]
    assert await found(platform="cuda") == []
    assert await found(engine="1.13.0") == ids
    assert await found(q="RUN 1") == [ids[1]]
    assert await found(q="of %") == ids
    assert await found(q="of _") == []
    name = (await user.get(f"/models/{model}"))["name"]
    assert await found(q=name[6:12]) == ids


async def test_wrong_questions_to_the_list_are_answered(user: User) -> None:
    for query, field in (
        ({"sort": "colour"}, "sort"),
        ({"state": "lost"}, "state.0"),
        ({"limit": 0}, "limit"),
        ({"color": "red"}, "color"),
    ):
        problem = check_problem(await user.http.get("/api/v1/tasks", params=query), 422, "invalid_request")
        assert [error["field"] for error in problem["errors"]] == [field]
    sort = check_problem(await user.http.get("/api/v1/tasks", params={"sort": "x"}), 422, "invalid_request")
    assert "-submitted_at" in sort["errors"][0]["allowed"]
    check_problem(await user.http.get("/api/v1/tasks", params={"cursor": "nonsense"}), 422, "invalid_cursor")


async def test_what_is_wrong_with_an_id_is_said_once(user: User) -> None:
    """The route asks for it, and so does the check of who may see the task."""
    problem = check_problem(await user.http.get("/api/v1/tasks/0000"), 422, "invalid_request")
    assert [error["field"] for error in problem["errors"]] == ["task_id"]


async def test_tasks_of_others_do_not_exist(make_user: MakeUser, user: User) -> None:
    other = await make_user()
    task = await user.submit()
    await other.get("/tasks", task["sequence"])
    for path in ("", "/events", "/live", "/profile", "/artifacts/log.txt"):
        check_problem(await other.http.get(f"/api/v1/tasks/{task['id']}{path}"), 404, "task_unknown")
    check_problem(await other.http.post(f"/api/v1/tasks/{task['id']}/cancel"), 404, "task_unknown")


async def test_events_follow_a_task_through_its_life(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    await fleet.complete(task["id"])
    events = (await user.get(f"/tasks/{task['id']}/events"))["items"]
    assert [event["type"] for event in events] == ["task.submitted", "task.queued", "task.started", "task.completed"]
    assert [event["attempt"] for event in events] == [None, 1, 1, 1]
    assert events == sorted(events, key=lambda event: event["sequence"])
    assert {event["subject"] for event in events} == {f"task.x86.{task['id']}"}
    check_problem(await user.http.get(f"/api/v1/tasks/{uuid4()}/events"), 404, "task_unknown")


async def test_a_read_waits_for_its_sequence_and_gives_up_in_time(parts: Parts, token: str) -> None:
    hasty = replace(parts, settings=parts.settings.model_copy(update={"api_freshness_s": 0.05}))
    asked = {"Mgeprof-Sequence": str(await parts.log.last_sequence() + 1_000_000)}
    async with client_of(hasty, token) as client:
        response = await client.get("/api/v1/tasks", headers=asked)
    check_problem(response, 503, "not_fresh_yet")
    assert response.headers["Retry-After"] == "1"
