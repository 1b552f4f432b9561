"""A model goes in and its profile comes out, by the command line and by the api; everything that a user can ask about it."""

from __future__ import annotations

import asyncio
import hashlib
import json

import pytest

from core.events.ids import new_id
from tests.e2e.conftest import INPUTS, ORDER
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine

PHASES = {"fetching", "starting", "loading", "warming_up", "timing", "profiling", "analysing", "uploading"}
both = pytest.mark.parametrize("name", list(INPUTS))
ways = pytest.mark.parametrize("way", ["by_command_line", "by_api"])


@pytest.fixture
def task(request: pytest.FixtureRequest, way: str, name: str) -> Json:
    """An example's completed task, submitted in one of the two ways."""
    tasks: dict[str, Json] = request.getfixturevalue(way)
    return tasks[name]


@both
@ways
def test_a_completed_task_says_what_ran_and_where(task: Json, name: str, way: str) -> None:
    assert task["state"] == "completed"
    assert task["failure"] is None
    assert task["name"] == f"{'typed' if way == 'by_command_line' else 'posted'} {name}"
    assert task["model"]["name"] == f"{name}.mge"
    assert set(task["inputs"]) == set(INPUTS[name])
    assert (task["platform"], task["engine"]) == ("x86", "1.13.0")
    [attempt] = task["attempts"]
    assert (task["attempt"], attempt["attempt"], attempt["outcome"]) == (1, 1, "completed")
    assert attempt["engine_build"].startswith("1.13.0+")
    assert attempt["started_at"] < attempt["ended_at"] == task["ended_at"]
    assert task["submitted_at"] < task["queued_at"] < task["started_at"] == attempt["started_at"]
    assert set(task["phases"]) == PHASES
    assert all(seconds > 0 for seconds in task["phases"].values())


@both
@ways
def test_its_summary_holds_latency_totals_and_sums_by_type(task: Json, name: str) -> None:
    latency, totals, by_type = (task["summary"][key] for key in ("latency", "totals", "by_type"))
    assert latency["count"] == task["options"]["iterations"]
    spread = [latency[key] for key in ("min", "p50", "p90", "p99", "max")]
    assert 0 < spread[0] <= latency["mean"] <= spread[-1]
    assert spread == sorted(spread)
    assert totals["device_s"] > 0
    for figure in ("device_s", "computation", "memory"):
        assert sum(one[figure] for one in by_type) == pytest.approx(totals[figure])
    assert sum(one["count"] for one in by_type) == totals["operators"]
    assert {"ConvolutionForward", "Elemwise", "InputCallback"} <= {one["type"] for one in by_type}
    assert [one["count"] for one in by_type if one["type"] == "InputCallback"] == [len(INPUTS[name])]


@both
@ways
async def test_its_files_are_those_that_it_names(task: Json, user: User) -> None:
    raw = {f"raw-{n}.json" for n in range(1, task["options"]["profiled_passes"] + 1)}
    assert {kept["name"] for kept in task["artifacts"]} == {"profile.json", "log.txt", "environment.json"} | raw
    for kept in task["artifacts"]:
        content = await user.artifact(task, kept["name"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (kept["size"], kept["sha256"])
    shown = await user.get(f"/tasks/{task['id']}/profile")
    totals = task["summary"]["totals"]
    assert {figure: shown["totals"][figure] for figure in totals} == totals
    assert len(shown["operators"]) == totals["operators"]


async def test_command_line_and_api_show_the_same_task(
    by_command_line: dict[str, Json], mgeprof: CommandLine, user: User
) -> None:
    task = by_command_line["resnet"]
    commands = (("show", task["id"]), ("events", task["id"]), ("ls",))
    shown, events, listed = await asyncio.gather(*(mgeprof(*command, "--json") for command in commands))
    assert shown.json == task == await user.get(f"/tasks/{task['id']}")
    assert events.json == await user.get(f"/tasks/{task['id']}/events")
    assert listed.json == await user.get("/tasks", limit=20)


async def test_a_finished_task_is_shown_to_people(by_command_line: dict[str, Json], mgeprof: CommandLine) -> None:
    task = by_command_line["two_inputs"]
    said = await mgeprof("show", task["id"])
    assert said.code == 0, said.err
    for words in ("typed two_inputs", "two_inputs.mge", "completed", "1×3×32×32 float32", "MegEngine 1.13.0 on x86"):
        assert words in said.out
    assert "ConvolutionForward" in said.out


async def test_ls_finds_and_filters(
    by_command_line: dict[str, Json], by_api: dict[str, Json], mgeprof: CommandLine
) -> None:
    typed, posted = by_command_line["resnet"]["id"], by_api["resnet"]["id"]
    people, found, of_model, first = await asyncio.gather(
        mgeprof("ls", "--platform", "x86", "--engine", "1.13.0"),
        mgeprof("ls", "--search", "posted resnet", "--state", "completed", "--json"),
        mgeprof("ls", "--model", by_api["resnet"]["model"]["id"], "--json"),
        mgeprof("ls", "--limit", 1, "--json"),
    )
    assert typed in people.out
    assert [one["id"] for one in found.json["items"]] == [posted]
    assert {typed, posted} <= {one["id"] for one in of_model.json["items"]}
    assert {one["model"]["name"] for one in of_model.json["items"]} == {"resnet.mge"}
    rest = (await mgeprof("ls", "--cursor", first.json["next_cursor"], "--json")).json
    assert first.json["items"][0]["id"] not in {one["id"] for one in rest["items"]}


async def test_the_profile_is_sorted_filtered_and_cut(by_command_line: dict[str, Json], mgeprof: CommandLine) -> None:
    task_id = by_command_line["resnet"]["id"]
    asked = ("--top", 3, "--sort", "-computation", "--type", "ConvolutionForward")
    found = (await mgeprof("profile", task_id, *asked, "--json")).json
    everything = (await mgeprof("profile", task_id, "--json")).json["operators"]
    for one in (*found["operators"], *everything):
        # The share of this and all before it: depends on what else was asked for.
        del one["cumulative"]
    of_type = [one for one in everything if one["type"] == "ConvolutionForward"]
    # Equals stay in the order of execution.
    convolutions = sorted(of_type, key=lambda one: (-one["computation"], one["order"]))
    assert (found["matching"], len(convolutions)) == (9, 9)
    assert found["operators"] == convolutions[:3]
    assert [one["device_s"] for one in everything] == sorted((one["device_s"] for one in everything), reverse=True)
    people = await mgeprof("profile", task_id, *asked)
    assert people.code == 0, people.err
    assert "Operators by -computation" in people.out
    assert "3 of 9 operators" in people.err


async def test_the_events_tell_the_whole_story(
    by_command_line: dict[str, Json], mgeprof: CommandLine, user: User
) -> None:
    task = by_command_line["resnet"]
    events = (await user.get(f"/tasks/{task['id']}/events"))["items"]
    assert [event["type"] for event in events] == ["task.submitted", "task.queued", "task.started", "task.completed"]
    assert [event["sequence"] for event in events] == sorted(event["sequence"] for event in events)
    assert events[-1]["sequence"] == task["sequence"]
    assert [event["causationid"] for event in events] == [None, *(event["id"] for event in events[:-1])]
    assert len({event["correlationid"] for event in events}) == 1
    assert events[2]["data"]["runner_id"] == task["attempts"][0]["runner_id"]
    # Words of people and of the engine are not for ever: a name must not get into the log.
    assert "typed resnet" not in json.dumps(events)
    people = await mgeprof("events", task["id"])
    assert people.code == 0, people.err
    assert all(word in people.out for word in ("submitted", "queued", "started", "completed"))


async def test_the_log_is_kept(by_command_line: dict[str, Json], mgeprof: CommandLine, user: User) -> None:
    task = by_command_line["resnet"]
    kept = (await user.artifact(task, "log.txt")).decode().splitlines()
    assert "MegEngine works under CPU mode" in "\n".join(kept)
    for options in ((), ("-f",)):
        assert (await mgeprof("logs", task["id"], *options)).out.splitlines() == kept
    lines = [json.loads(line) for line in (await mgeprof("logs", task["id"], "--json")).out.splitlines()]
    assert lines == [{"attempt": 1, "n": n, "line": line} for n, line in enumerate(kept, 1)]


WRONG_USAGE = (
    ("submit",),
    ("submit", "no-such-file.mge", *ORDER),
    ("submit", __file__, *ORDER, "--data", "data"),
    ("submit", __file__, *ORDER, "--iterations", "0"),
    ("submit", __file__, "--engine", "1.13.0"),
    ("show",),
    ("profile", "some-id", "--top", "0"),
    ("bake",),
)


async def test_wrong_usage_ends_with_2(mgeprof: CommandLine) -> None:
    answers = await asyncio.gather(*(mgeprof(*wrong) for wrong in WRONG_USAGE))
    for wrong, said in zip(WRONG_USAGE, answers, strict=True):
        assert (said.code, said.out) == (2, ""), wrong
        assert "Usage: mgeprof" in said.err


async def test_what_is_not_there_ends_with_1(mgeprof: CommandLine) -> None:
    commands = ("show", "profile", "events", "logs", "cancel")
    for said in await asyncio.gather(*(mgeprof(command, str(new_id())) for command in commands)):
        assert (said.code, said.out) == (1, "")
        assert "task_unknown" in said.err


async def test_machines_can_look_after_it(by_api: dict[str, Json], user: User) -> None:
    assert by_api
    assert (await user.http.get("/healthz")).json() == {"status": "ok"}
    ready = await user.http.get("/readyz")
    assert (ready.status_code, ready.json()) == (
        200,
        {"ready": True, "parts": {"nats": "ok", "postgres": "ok", "s3": "ok"}},
    )
    metrics = await user.http.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    counted = [line for line in metrics.text.splitlines() if line.startswith("mgeprof_api_requests_total{")]
    [posted] = [line for line in counted if 'method="POST",route="/api/v1/tasks",status="201"' in line]
    assert float(posted.split()[-1]) >= len(by_api)
    without_token = await user.http.get("/api/v1/tasks", headers={"Authorization": "Bearer mgp_wrong"})
    assert (without_token.status_code, without_token.json()["code"]) == (401, "token_refused")
