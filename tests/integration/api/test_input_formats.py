from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from api.parts import Parts
from core.events.ids import TaskId
from core.protocol.orders import RequestDocument
from core.s3 import keys
from tests.integration.api.fleet import Fleet
from tests.integration.api.test_inspections import inspected
from tests.integration.api.user import User, a_model, an_npy, check_problem

pytestmark = pytest.mark.usefixtures("fleet")


def an_npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, data=np.random.default_rng().standard_normal((2, 3)))
    return file.getvalue()


def a_ppm() -> bytes:
    return b"P6 2 2 255\n" + secrets.token_bytes(12)


def some_json() -> bytes:
    return b"[1, 2, %d]" % secrets.randbits(40)


@pytest.mark.parametrize(
    ("content", "form"), [(an_npz, "npz"), (a_ppm, "image"), (some_json, "json")], ids=["npz", "image", "json"]
)
async def test_an_input_is_what_its_bytes_say(user: User, content: Callable[[], bytes], form: str) -> None:
    shown = await user.get(f"/inputs/{await user.upload('input', content(), filename='x.npy')}")
    assert (shown["format"], shown["dtype"], shown["shape"]) == (form, None, None)


async def test_the_request_document_says_how_each_input_is_made(user: User, parts: Parts) -> None:
    array, archive, picture = [await user.upload("input", content) for content in (an_npy(), an_npz(), a_ppm())]
    task = await user.submit(
        inputs={"a": array, "b": archive, "c": picture},
        readings={"b": {"key": "data"}, "c": {"image": {"mean": [1, 2, 3], "order": "rgb"}}},
        archives=[archive],
        random={"d": {"distribution": "normal", "seed": 7}},
    )
    document = RequestDocument.model_validate_json(await parts.store.read_bytes(keys.request(TaskId(task["id"]))))
    assert {name: file.format for name, file in document.inputs.items()} == {"a": "npy", "b": "npz", "c": "image"}
    assert document.inputs["b"].reading.key == "data"
    assert (document.inputs["c"].reading.image.mean, document.inputs["c"].reading.image.order) == ((1, 2, 3), "rgb")
    assert document.archives == (document.inputs["b"].sha256,)
    assert (document.random["d"].distribution, document.random["d"].seed) == ("normal", 7)
    assert task["data"]["random"]["d"]["std"] == 1.0
    assert [one["id"] for one in task["data"]["archives"]] == [archive]
    assert await user.get(f"/tasks/{task['id']}", task["sequence"]) == task
    [submitted] = (await user.get(f"/tasks/{task['id']}/events"))["items"]
    assert len(submitted["data"]["inputs"]) == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"random": {"x": {"distribution": "poisson"}}}, "random.x.distribution"),
        ({"random": {"x": {"distribution": "uniform", "low": 2, "high": 1}}}, "random.x"),
        ({"random": {"x": {"distribution": "normal", "std": -1}}}, "random.x.std"),
        ({"random": {"x": {"distribution": "normal", "expression": "1"}}}, "random.x.expression"),
        ({"readings": {"x": {"dtype": "object"}}}, "readings.x.dtype"),
        ({"readings": {"x": {"image": {"order": "cmyk"}}}}, "readings.x.image.order"),
        ({"readings": {"x": {"image": {"resize": [0, 1]}}}}, "readings.x.image.resize.0"),
    ],
)
async def test_what_is_wrong_with_a_recipe_is_said(user: User, changed: dict[str, Any], field: str) -> None:
    asked = {"model": str(uuid4()), "inputs": {}, "platform": "x86", "engine": "1.13.0", **changed}
    problem = check_problem(await user.http.post("/api/v1/tasks", json=asked), 422, "invalid_request")
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_what_does_not_hold_together_is_refused(user: User) -> None:
    model, array = await user.upload("model", a_model()), await user.upload("input", an_npy())
    recipe = {"distribution": "uniform"}
    for changed, code, field in (
        ({"archives": [str(uuid4())]}, "input_unknown", "archives.0"),
        ({"archives": [array]}, "bad_input", "archives.0"),
        ({"inputs": {"a": array}, "random": {"a": recipe}}, "bad_input", "random.a"),
        ({"readings": {"a": {"dtype": "int8"}}}, "bad_input", "readings.a"),
        ({"inputs": {"a": array}, "readings": {"a": {"key": "x"}}}, "bad_input", "readings.a.key"),
    ):
        asked = {"model": model, "inputs": {}, "platform": "x86", "engine": "1.13.0", **changed}
        response = await user.http.post("/api/v1/tasks", json=asked)
        problem = check_problem(response, 404 if code == "input_unknown" else 422, code)
        assert [error["field"] for error in problem["errors"]] == [field]


async def test_made_up_inputs_and_archives_count_as_given(user: User, fleet: Fleet) -> None:
    model, _, sequence = await inspected(user, fleet)
    await user.get("/models", sequence)
    recipe = {"distribution": "integers", "low": 0, "high": 255}
    both = {"data": recipe, "scale": recipe}
    assert (await user.submit(model=model, inputs={}, random=both))["state"] == "submitted"
    archive = await user.upload("input", an_npz())
    assert (await user.submit(model=model, inputs={}, archives=[archive]))["state"] == "submitted"
    asked = await user.ask(model=model, inputs={}, random={**both, "more": recipe})
    problem = check_problem(await user.http.post("/api/v1/tasks", json=asked), 422, "bad_input")
    assert [error["field"] for error in problem["errors"]] == ["inputs.more"]
