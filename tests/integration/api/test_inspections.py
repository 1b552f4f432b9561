from __future__ import annotations

import secrets
from typing import Any
from uuid import uuid4

import pytest

from core.events.failure import FailureKind
from core.protocol.inspection import (
    InspectionDocument,
    InspectionTotals,
    ModelFormatFacts,
    Variable,
)
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import Json, User, a_model, an_npy, check_problem

pytestmark = pytest.mark.usefixtures("fleet")

DOCUMENT = InspectionDocument(
    format=ModelFormatFacts(name="mgv2", engine=101300, version=2),
    batch_size=1,
    inputs=(
        Variable(name="data", dtype="float32", shape=(2, 3)),
        Variable(name="scale", dtype="float32", shape=None),
    ),
    outputs=(Variable(name="out", dtype="float32", shape=(2,)),),
    totals=InspectionTotals(
        operators=3,
        parameter_tensors=1,
        parameters=7,
        parameter_bytes=28,
        computation=1e6,
        activations=5,
        activation_bytes=20,
    ),
    operators=(),
)


async def inspection_of(user: User, model: str) -> Json:
    """The task that was made for the model."""
    [task] = (await user.get("/tasks", await last_sequence(user), kind="inspect", model=model))["items"]
    found: Json = task
    return found


async def last_sequence(user: User) -> int:
    """Of a task that is submitted now: whoever sees it sees all before it."""
    sequence: int = (await user.submit())["sequence"]
    return sequence


async def inspected(user: User, fleet: Fleet) -> tuple[str, Json, int]:
    """A model that was inspected, the task that did it, and the sequence of its end."""
    model = await user.upload("model", a_model())
    task = await inspection_of(user, model)
    await fleet.start(task["id"])
    await fleet.inspect(task["id"], DOCUMENT.model_dump_json().encode())
    return model, task, await fleet.note_inspection(model, task["id"])


async def test_an_uploaded_model_is_inspected_without_being_asked(user: User) -> None:
    model = await user.upload("model", a_model(), filename="net.mge")
    task = await inspection_of(user, model)
    assert (task["kind"], task["state"], task["inputs"], task["name"]) == ("inspect", "submitted", {}, None)
    assert (task["platform"], task["engine"], task["model"]["name"]) == ("x86", "1.13.0", "net.mge")
    shown = await user.get(f"/models/{model}", task["sequence"])
    assert (shown["inspected"], shown["loaded_by"]) == (None, [])
    assert (shown["inspection"]["task_id"], shown["inspection"]["state"]) == (task["id"], "submitted")
    check_problem(await user.http.get(f"/api/v1/models/{model}/inspection"), 409, "inspection_not_ready")


async def test_inspections_are_not_among_the_runs(user: User) -> None:
    model = await user.upload("model", a_model())
    run = await user.submit(model=model, inputs={})
    assert [task["id"] for task in (await user.get("/tasks", run["sequence"], model=model))["items"]] == [run["id"]]
    both = await user.get("/tasks", model=model, kind=["inspect", "profile"])
    assert {task["kind"] for task in both["items"]} == {"inspect", "profile"}


async def test_completing_an_upload_again_inspects_no_second_time(user: User) -> None:
    data = a_model()
    upload = await user.begin("model", data)
    await user.send(upload, data)
    answers = [(await user.complete(upload)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert (await inspection_of(user, answers[0]["resource_id"]))["kind"] == "inspect"


async def test_what_was_found_is_shown(user: User, fleet: Fleet) -> None:
    model, task, sequence = await inspected(user, fleet)
    shown = await user.get(f"/models/{model}", sequence)
    assert shown["inspection"]["state"] == "completed"
    assert shown["loaded_by"] == [{"platform": "x86", "engine": "1.13.0"}]
    figures = shown["inspected"]
    assert (figures["operators"], figures["parameters"], figures["computation"]) == (3, 7, 1e6)
    assert (figures["engine"], figures["task_id"]) == ("1.13.0", task["id"])
    assert figures["at"] > task["submitted_at"]
    listed = (await user.get("/models", sequence, limit=10))["items"]
    assert [one["inspected"] for one in listed if one["id"] == model] == [figures]
    document = await user.get(f"/models/{model}/inspection", sequence)
    assert InspectionDocument.model_validate_json(DOCUMENT.model_dump_json()).model_dump(mode="json") == document
    ended = await user.get(f"/tasks/{task['id']}", sequence)
    assert (ended["state"], ended["summary"]) == ("completed", None)
    assert [one["name"] for one in ended["artifacts"]] == ["inspection.json"]


async def test_a_model_comes_without_its_values_where_an_inspection_left_it_so(user: User, fleet: Fleet) -> None:
    whole, bare = a_model(), b"0000mgv2 without values"
    model = await user.upload("model", whole)
    path = f"/api/v1/models/{model}/file"
    assert (await user.http.get(path)).content == whole
    check_problem(await user.http.get(path, params={"values": False}), 409, "inspection_not_ready")
    task = await inspection_of(user, model)
    await fleet.start(task["id"])
    sequence = await fleet.inspect(task["id"], DOCUMENT.model_dump_json().encode(), structure__mge=bare)
    fresh = {"Mgeprof-Sequence": str(sequence)}
    assert (await user.http.get(path, params={"values": False}, headers=fresh)).content == bare
    assert (await user.http.get(path)).content == whole


async def test_a_failed_inspection_can_be_asked_for_again(user: User, fleet: Fleet) -> None:
    model = await user.upload("model", a_model())
    task = await inspection_of(user, model)
    await fleet.start(task["id"])
    sequence = await fleet.fail(task["id"], FailureKind.BAD_MODEL, {"message": "no", "log_tail": []})
    shown = await user.get(f"/models/{model}", sequence)
    assert (shown["inspection"]["state"], shown["inspection"]["failure"]) == ("failed", "bad_model")
    problem = check_problem(await user.http.get(f"/api/v1/models/{model}/inspection"), 409, "inspection_not_ready")
    assert "bad_model" in problem["detail"]
    key = {"Idempotency-Key": secrets.token_hex()}
    answers = [await user.http.post(f"/api/v1/models/{model}/inspect", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    again = answers[0].json()
    assert again == answers[1].json()
    assert (again["kind"], again["id"] != task["id"]) == ("inspect", True)
    shown = await user.get(f"/models/{model}", again["sequence"])
    assert shown["inspection"]["task_id"] == again["id"]
    check_problem(await user.http.post(f"/api/v1/models/{uuid4()}/inspect"), 404, "model_unknown")


@pytest.mark.parametrize(
    ("arrays", "field", "words"),
    [
        ({"data": (2, 3)}, "inputs.scale", "Input 'scale' is missing."),
        ({"data": (3, 2), "scale": (1,)}, "inputs.data", "has shape [3, 2]; the model declares [2, 3]"),
        ({"data": (2, 3), "scale": (1,), "more": (1,)}, "inputs.more", "Input 'more' is unknown to the model."),
    ],
)
async def test_inputs_that_do_not_fit_an_inspected_model_are_refused_at_once(
    user: User, fleet: Fleet, arrays: dict[str, tuple[int, ...]], field: str, words: str
) -> None:
    model, _, sequence = await inspected(user, fleet)
    await user.get("/models", sequence)
    problem = check_problem(await ask(user, model, arrays), 422, "bad_input")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert words in problem["detail"]
    assert "The model's inputs: data (float32, shape [2, 3]), scale (float32, shape unknown)." in problem["detail"]


async def test_a_wrong_dtype_is_refused_and_what_fits_is_not(user: User, fleet: Fleet) -> None:
    model, _, sequence = await inspected(user, fleet)
    await user.get("/models", sequence)
    problem = check_problem(await ask(user, model, {"data": (2, 3), "scale": (4,)}, "float64"), 422, "bad_input")
    assert "Input 'data' has dtype float64; the model declares float32." in problem["detail"]
    assert len(problem["errors"]) == 2
    assert (await ask(user, model, {"data": (2, 3), "scale": (4,)})).status_code == 201


async def ask(user: User, model: str, arrays: dict[str, tuple[int, ...]], dtype: str = "float32") -> Any:
    inputs = {name: await user.upload("input", an_npy(shape, dtype)) for name, shape in arrays.items()}
    return await user.http.post("/api/v1/tasks", json=await user.ask(model=model, inputs=inputs))
