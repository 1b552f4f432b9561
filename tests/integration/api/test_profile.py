from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from core.events.failure import FailureKind
from core.profile.document import (
    Distribution,
    ProfileDocument,
    Timing,
    Totals,
    TypeSum,
    dump_document,
)
from core.profile.table import Operator, table_of_rows
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, check_problem

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
