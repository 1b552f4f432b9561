from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import httpx2
import pytest
from pydantic import TypeAdapter

from api.profile.resources import ProfileResource
from core.events.failure import FailureKind
from core.profile.analyse import analyse
from core.profile.document import (
    ANALYSER,
    Distribution,
    ProfileDocument,
    Timing,
    Totals,
    TypeSum,
    dump_document,
)
from core.profile.table import Operator, table_of_rows
from tests.integration.api.conftest import MakeUser
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, check_problem
from tests.unit.profile.generated import raw_profile
from tests.unit.profile.test_again import PASSES, of_the_first_analyser
from tests.unit.profile.test_analyse import MEASURED, conv, relu

pytestmark = pytest.mark.usefixtures("fleet")

SPREAD = Distribution(count=1, min=1, p50=1, p90=1, p99=1, max=1, mean=1, std=0)


def operator(name: str, type_: str, order: int, device_s: float) -> Operator:
    known: dict[str, Any] = dict.fromkeys(one.name for one in fields(Operator))
    known |= {"id": str(order), "name": name, "type": type_, "order": order, "device_s": device_s, "share": 0.5}
    empty = ("passes_s", "input_shapes", "output_shapes", "input_dtypes", "output_dtypes")
    return Operator(**{**known, **dict.fromkeys(empty, ()), "param": {}})


DOCUMENT = ProfileDocument(
    analyser=1,
    engine_build="1.13.0",
    timing=Timing(latency=SPREAD, latencies=(1.0,), profiled=None, load_s=0.1, compile_s=0.1, first_run_s=0.2),
    totals=Totals(
        operators=3,
        device_s=6,
        host_s=6,
        computation=0,
        memory=0,
        flops=None,
        bandwidth=None,
        pass_device_s=(6.0,),
        end_to_end_s=7,
        gap_s=1,
        profiler_overhead=None,
        peak_memory=5,
    ),
    by_type=(TypeSum(type="Conv", count=2, device_s=5, computation=0, memory=0, flops=None, bandwidth=None, share=1),),
    operators=table_of_rows(
        [
            operator("conv(data)[1]", "Conv", 0, 2),
            operator("relu(conv)[2]", "Relu", 1, 1),
            operator("conv(relu)[3]", "Conv", 2, 3),
        ]
    ),
)


@pytest.fixture
async def completed(user: User, fleet: Fleet) -> tuple[Json, int]:
    task = await user.submit()
    await fleet.start(task["id"])
    return task, await fleet.complete(task["id"], profile__json=dump_document(DOCUMENT))


async def test_a_profile_answers_questions(user: User, completed: tuple[Json, int]) -> None:
    task, sequence = completed

    async def names(**query: Any) -> list[str]:
        profile = await user.get(f"/tasks/{task['id']}/profile", sequence, **query)
        return [one["name"] for one in profile["operators"]]

    assert await names() == ["conv(relu)[3]", "conv(data)[1]", "relu(conv)[2]"]
    assert await names(top=1) == ["conv(relu)[3]"]
    assert await names(sort="order") == ["conv(data)[1]", "relu(conv)[2]", "conv(relu)[3]"]
    assert await names(type="Relu") == ["relu(conv)[2]"]
    assert await names(type=["Relu", "Conv"], name="data") == ["conv(data)[1]"]
    profile = await user.get(f"/tasks/{task['id']}/profile", sequence, type="Conv", top=1)
    assert (profile["task_id"], profile["matching"], len(profile["operators"])) == (task["id"], 2, 1)
    assert profile["totals"]["device_s"] == 6
    assert profile["by_type"][0]["type"] == "Conv"
    assert profile["timing"]["latencies"] == [1.0]


async def test_wrong_questions_to_a_profile_are_answered(user: User, completed: tuple[Json, int]) -> None:
    task, _ = completed
    for query in ({"sort": "beauty"}, {"top": -1}, {"colour": "red"}):
        response = await user.http.get(f"/api/v1/tasks/{task['id']}/profile", params=query)
        problem = check_problem(response, 422, "invalid_request")
        assert [error["field"] for error in problem["errors"]] == list(query)


async def test_a_profile_that_is_not_there_yet_says_what_to_do(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    sequence = await fleet.start(task["id"])
    url = f"/api/v1/tasks/{task['id']}/profile"
    problem = check_problem(
        await user.http.get(url, headers={"Mgeprof-Sequence": str(sequence)}), 409, "profile_not_ready"
    )
    assert "running" in problem["detail"]
    assert "/live" in problem["hint"]
    sequence = await fleet.fail(task["id"], FailureKind.ENGINE_CRASH, {"message": "crashed"})
    check_problem(await user.http.get(url, headers={"Mgeprof-Sequence": str(sequence)}), 409, "no_profile")


async def test_every_filter_and_group_is_a_parameter(user: User, completed: tuple[Json, int]) -> None:
    task, sequence = completed

    async def ask(**query: Any) -> Any:
        return await user.get(f"/tasks/{task['id']}/profile", sequence, **query)

    assert [one["id"] for one in (await ask(regex="conv.*3"))["operators"]] == ["2"]
    assert [one["id"] for one in (await ask(min_s=1.5, max_s=2.5))["operators"]] == ["0"]
    assert (await ask(input_dtype="Float32"))["operators"] == []
    assert [one["time_s"] for one in (await ask(side="host"))["operators"]] == [None] * 3
    whole = await ask()
    assert [one["cumulative"] for one in whole["operators"]] == pytest.approx([3 / 6, 5 / 6, 1])
    assert whole["groups"] is None
    grouped = await ask(group_by="type", aggregate="mean")
    assert [(one["type"], one["count"], one["time_s"]) for one in grouped["groups"]] == [
        ("Conv", 2, 2.5),
        ("Relu", 1, 1),
    ]
    shaped = await ask(group_by="shape")
    assert [one["input_shapes"] for one in shaped["groups"]] == [[], []]
    assert TypeAdapter(ProfileResource).validate_python(grouped) is not None


async def test_patterns_and_groups_that_cannot_be_are_refused(user: User, completed: tuple[Json, int]) -> None:
    task, sequence = completed
    for query in ({"regex": "(?=conv)"}, {"regex": "a)|(b"}, {"group_by": "type", "sort": "order"}):
        response = await user.http.get(
            f"/api/v1/tasks/{task['id']}/profile", params=query, headers={"Mgeprof-Sequence": str(sequence)}
        )
        check_problem(response, 422, "query_refused")


async def test_timeline_and_memory_of_a_real_document(user: User, fleet: Fleet) -> None:
    task, sequence = await measured(user, fleet, 1.0)
    timeline = await user.get(f"/tasks/{task['id']}/profile/timeline", sequence)
    assert [(one["id"], one["lane"], one["start_s"]) for one in timeline["device"]] == [
        ("0", "cpu0:0", 0.0),
        ("1", "cpu0:0", pytest.approx(0.00408)),
    ]
    memory = await user.get(f"/tasks/{task['id']}/profile/memory", sequence)
    assert (memory["peak"], memory["peak_step"], len(memory["steps"])) == (24, 0, 2)


async def test_a_profile_of_an_earlier_analyser_is_analysed_again(user: User, fleet: Fleet) -> None:
    task = await user.submit()
    await fleet.start(task["id"])
    old = json.dumps(of_the_first_analyser()).encode()
    raw = {f"raw-{number}__json": one for number, one in enumerate(PASSES, 1)}
    sequence = await fleet.complete(task["id"], profile__json=old, **raw)
    path = f"/tasks/{task['id']}"
    # Every view is there at once, though nothing is stored for it.
    assert len((await user.get(f"{path}/profile/timeline", sequence))["device"]) == 2
    assert (await user.get(f"{path}/profile", sequence))["analyser"] == ANALYSER
    before = await user.get(f"{path}/analyses", sequence)
    assert ([one["analyser"] for one in before["items"]], before["outdated"]) == ([1], True)
    for _ in range(2):
        response = await user.http.post(f"/api/v1{path}/analyses", headers={"Mgeprof-Sequence": str(sequence)})
        assert response.status_code == 200, response.text
        sequence = max(sequence, int(response.headers["Mgeprof-Sequence"]))
        found = response.json()
        assert ([one["analyser"] for one in found["items"]], found["outdated"]) == ([ANALYSER, 1], False)
    assert found["items"][1] == before["items"][0]
    assert found["items"][0]["totals"]["device_s"] == pytest.approx(0.0055)
    kept = {one["name"] for one in (await user.get(path, sequence))["artifacts"]}
    assert {"profile.json", f"profile-{ANALYSER}.json"} <= kept
    stored = await user.http.get(f"/api/v1{path}/artifacts/profile.json")
    assert stored.content == old
    assert (await user.get(f"{path}/profile", sequence))["totals"]["operators"] == 2


async def test_runs_of_earlier_analysers_are_listed_until_they_are_analysed_again(
    user: User, make_user: MakeUser, fleet: Fleet
) -> None:
    old = json.dumps(of_the_first_analyser()).encode()
    raw = {f"raw-{number}__json": one for number, one in enumerate(PASSES, 1)}
    owner, sequence = await make_user(), 0
    tasks = [await owner.submit() for _ in range(3)]
    for task in tasks:
        await fleet.start(task["id"])
        sequence = await fleet.complete(task["id"], profile__json=old, **raw)

    async def outdated(who: User, **query: Any) -> Json:
        answer: Json = await who.get("/analyses/outdated", sequence, **query)
        return answer

    first = await outdated(owner, limit=2)
    rest = await outdated(owner, limit=2, cursor=first["next_cursor"])
    assert (first["newest"], first["count"], rest["next_cursor"]) == (ANALYSER, 3, None)
    listed = [(one["task_id"], one["analyser"]) for one in first["items"] + rest["items"]]
    assert listed == [(task["id"], 1) for task in tasks]
    assert (await outdated(await make_user(), whose="anyone"))["items"] == []
    assert {task["id"] for task in tasks} <= {
        one["task_id"] for one in (await outdated(user, whose="anyone", limit=500))["items"]
    }
    again = await owner.http.post(f"/api/v1/tasks/{tasks[0]['id']}/analyses")
    sequence = int(again.headers["Mgeprof-Sequence"])
    assert [one["task_id"] for one in (await outdated(owner))["items"]] == [task["id"] for task in tasks[1:]]


async def test_without_its_raw_profiles_an_old_document_stays_what_it_is(
    user: User, completed: tuple[Json, int]
) -> None:
    task, sequence = completed
    fresh = {"Mgeprof-Sequence": str(sequence)}
    response = await user.http.post(f"/api/v1/tasks/{task['id']}/analyses", headers=fresh)
    check_problem(response, 404, "artifact_unknown")
    timeline = await user.http.get(f"/api/v1/tasks/{task['id']}/profile/timeline", headers=fresh)
    check_problem(timeline, 409, "profile_outdated")


async def test_runs_side_by_side(user: User, fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = await measured(user, fleet, 1.0)
    second, sequence = await measured(user, fleet, 2.0)
    found = await user.get("/compare", sequence, task=[first["id"], second["id"]])
    assert [one["task_id"] for one in found["runs"]] == [first["id"], second["id"]]
    assert (found["runs"][1]["compared"]["slower"], found["runs"][1]["compared"]["faster"]) == (2, 0)
    slowest = found["operators"][0]
    assert slowest["name"] == "convolutionforward(v)[0]"
    assert slowest["runs"][1]["ratio"] == pytest.approx(2.0)
    assert slowest["runs"][1]["significant"] is True
    many = await user.get("/compare", task=[first["id"], *[second["id"]] * 99])
    assert len(many["operators"][0]["runs"]) == 100
    for told, code in ([first["id"]], "invalid_request"), ([first["id"]] * 101, "invalid_request"):
        check_problem(await user.http.get("/api/v1/compare", params={"task": told}), 422, code)
    monkeypatch.setattr("api.comparison.routes.MOST_OPERATORS", 3)
    both = await user.http.get("/api/v1/compare", params={"task": [first["id"], second["id"]]})
    check_problem(both, 422, "query_refused")


async def test_exports(user: User, fleet: Fleet) -> None:
    task, sequence = await measured(user, fleet, 1.0)

    async def export(name: str, **query: Any) -> httpx2.Response:
        response = await user.http.get(
            f"/api/v1/tasks/{task['id']}/export/{name}", params=query, headers={"Mgeprof-Sequence": str(sequence)}
        )
        assert response.headers.get("X-Content-Type-Options") == "nosniff" or response.status_code >= 400
        return response

    lines = (await export("csv")).text.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("order,id,name,type")
    assert [one["id"] for one in (await export("json")).json()["operators"]] == ["0", "1"]
    assert {one["ph"] for one in (await export("chrome-trace")).json()["traceEvents"]} == {"M", "X"}
    assert (await export("raw")).content == RAW
    check_problem(await export("raw", **{"pass": 9}), 404, "artifact_unknown")
    check_problem(await export("pdf"), 422, "invalid_request")


RAW = raw_profile([conv(0.0, 0.004), relu(0.004, 0.005)])


async def measured(user: User, fleet: Fleet, factor: float) -> tuple[Json, int]:
    """A completed task of five passes, each a bit longer than the one before."""
    passes = [
        raw_profile([conv(0.0, 0.004 * slower), relu(0.004 * slower, 0.005 * slower)])
        for slower in (factor * (1 + number / 100) for number in range(5))
    ]
    task = await user.submit()
    await fleet.start(task["id"])
    content = dump_document(analyse(passes, MEASURED))
    return task, await fleet.complete(task["id"], profile__json=content, **{"raw-1__json": RAW})
