"""The trace of a request is that of the commands in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.commands import origin
from api.frame import Frame
from api.health.numbers import Numbers
from core.events.ids import CommandId, new_id

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def correlation(headers: dict[str, str]) -> UUID:
    caller: Any = SimpleNamespace(account=new_id())

    async def command(_: Request) -> PlainTextResponse:
        return PlainTextResponse(str(origin(caller, CommandId(new_id())).correlation_id))

    app = Starlette(routes=[Route("/", command)])
    with TestClient(cast(Any, Frame(app, Numbers()))) as http:
        return UUID(http.get("/", headers=headers).text)


def test_a_callers_trace_is_taken() -> None:
    assert correlation({"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}).hex == TRACE


def test_without_one_each_request_has_its_own() -> None:
    assert correlation({}) != correlation({})
    assert correlation({"traceparent": f"00-{'0' * 32}-00f067aa0ba902b7-01"}).int
