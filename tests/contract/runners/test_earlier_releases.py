"""Runners of release 0.1 go on working: what they say is understood, and what they hear has nothing in it that they do not know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from core.events.values import ProfileOptions
from core.protocol.calls import Beat, BeatAnswer, Bye, Hello, Ready, Stop, Urls, UrlsRequest, Welcome
from core.protocol.orders import Report, WorkOrder
from core.protocol.wire import for_runners
from tests.contract.events.golden_files import body_file
from tests.unit.runner.orders import order, ref

TASK = "00000000-0000-0000-0000-000000000001"
REF = {"task": TASK, "attempt": 1}
ORDER = {
    "ref": REF,
    "kind": "profile",
    "model": "a" * 64,
    "inputs": ["b" * 64],
    "request": "c" * 64,
    "engine": "1.13.0",
}


def _golden(event: str) -> Any:
    """What a runner of then said of itself, or of an attempt, as it stands in logs."""
    return json.loads(body_file(event).read_bytes())["data"]


SAID: dict[str, tuple[type[BaseModel], dict[str, Any]]] = {
    "hello": (Hello, {"platform": "x86", "description": _golden("runner.described.v1")}),
    "ready": (Ready, {"free": 1}),
    "beat": (Beat, {"free": 0, "attempts": [REF], "load": 0.5, "temperature": None}),
    "urls": (UrlsRequest, {"ref": REF, "put": ["log.txt"]}),
    "bye": (Bye, {}),
    **{
        result: (Report, {"id": TASK, "ref": REF, "result": {"type": result, **_golden(f"task.{result}.v1")}})
        for result in ("completed", "inspected", "failed", "cancelled")
    },
    "abandoned": (Report, {"id": TASK, "ref": REF, "result": {"type": "abandoned", "attempt": 1, "orderly": False}}),
}
HEARD: dict[str, tuple[BaseModel, dict[str, Any]]] = {
    "welcome": (Welcome(), {}),
    "refusal": (Welcome(refused="removed"), {"refused": "removed"}),
    "nothing to stop": (BeatAnswer(), {}),
    "stop": (BeatAnswer(stop=(ref(),), known=False), {"stop": [REF], "known": False}),
    "nothing reported": (BeatAnswer(settled=()), {}),
    "hint": (Stop(ref=ref()), {"ref": REF}),
    "urls": (
        Urls(model="https://m", request="https://r", inputs={"b" * 64: "https://i"}, put={"log.txt": "https://l"}),
        {
            "model": "https://m",
            "request": "https://r",
            "inputs": {"b" * 64: "https://i"},
            "put": {"log.txt": "https://l"},
        },
    ),
    "order": (
        order().model_copy(update={"options": ProfileOptions(iterations=20, warmup=2, profiled_passes=3)}),
        {**ORDER, "options": {"iterations": 20, "warmup": 2, "profiled_passes": 3}},
    ),
    "order with nothing chosen": (order(), {**ORDER, "options": {}}),
}


@pytest.mark.parametrize("name", SAID)
def test_what_they_say_is_understood(name: str) -> None:
    model, said = SAID[name]
    understood = json.loads(model.model_validate_json(json.dumps(said)).model_dump_json())
    assert _within(said, understood)


@pytest.mark.parametrize("name", HEARD)
def test_what_they_hear_is_what_they_heard_then(name: str) -> None:
    message, heard = HEARD[name]
    assert json.loads(for_runners(message)) == heard


def test_what_is_left_out_reads_as_its_default() -> None:
    assert WorkOrder.model_validate_json(for_runners(order())) == order()


def _within(part: Any, whole: Any) -> bool:
    """Whether everything stands in the other, which may have more fields."""
    if isinstance(part, dict):
        return all(name in whole and _within(value, whole[name]) for name, value in part.items())
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(_within, part, whole))
    return bool(part == whole)
