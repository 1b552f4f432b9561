from __future__ import annotations

import secrets
from uuid import uuid4

import pytest

from tests.integration.api.user import Json, User, an_npy, check_problem

pytestmark = pytest.mark.usefixtures("fleet")


async def create(user: User, **changed: object) -> Json:
    asked = {"name": secrets.token_hex(8), **changed}
    response = await user.http.post("/api/v1/datasets", json=asked)
    assert response.status_code == 201, response.text
    dataset: Json = response.json()
    return dataset


async def test_a_dataset_is_named_listed_shown_and_deleted(user: User) -> None:
    array = await user.upload("input", an_npy())
    dataset = await create(user, inputs={"data": array}, random={"x": {"distribution": "uniform"}})
    assert (dataset["inputs"], dataset["random"]["x"]["high"]) == ({"data": array}, 1.0)
    path = f"/datasets/{dataset['id']}"
    assert await user.get(path) == dataset
    assert dataset in (await user.get("/datasets"))["items"]
    problem = await user.http.post("/api/v1/datasets", json={"name": dataset["name"]})
    check_problem(problem, 409, "dataset_exists")
    assert (await user.http.delete(f"/api/v1{path}")).status_code == 204
    check_problem(await user.http.delete(f"/api/v1{path}"), 404, "dataset_unknown")
    check_problem(await user.http.get(f"/api/v1{path}"), 404, "dataset_unknown")
    # The name is free again.
    await create(user, name=dataset["name"])


async def test_the_same_key_makes_one_dataset(user: User) -> None:
    key, asked = {"Idempotency-Key": secrets.token_hex()}, {"name": secrets.token_hex(8)}
    answers = [await user.http.post("/api/v1/datasets", json=asked, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_what_does_not_hold_together_makes_no_dataset(user: User) -> None:
    for changed, status, code in (
        ({"inputs": {"data": str(uuid4())}}, 404, "input_unknown"),
        ({"readings": {"data": {"dtype": "int8"}}}, 422, "bad_input"),
        ({"colour": "red"}, 422, "invalid_request"),
    ):
        response = await user.http.post("/api/v1/datasets", json={"name": secrets.token_hex(8), **changed})
        check_problem(response, status, code)


async def test_a_task_takes_its_inputs_from_a_dataset_and_its_own_go_before(user: User) -> None:
    first, second, own = [await user.upload("input", an_npy()) for _ in range(3)]
    recipe = {"distribution": "normal"}
    dataset = await create(user, inputs={"a": first, "b": second}, random={"c": recipe})
    task = await user.submit(dataset=dataset["id"], inputs={"b": own}, random={"a": {**recipe, "seed": 9}})
    assert {name: one["id"] for name, one in task["inputs"].items()} == {"b": own}
    assert {name: one["seed"] for name, one in task["data"]["random"].items()} == {"a": 9, "c": 0}
    asked = await user.ask(dataset=str(uuid4()), inputs={})
    check_problem(await user.http.post("/api/v1/tasks", json=asked), 404, "dataset_unknown")
