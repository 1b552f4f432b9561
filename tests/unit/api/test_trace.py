"""The trace of a request is that of the commands in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.commands import origin
from api.frame import Frame
from api.health.numbers import Numbers
from core.events.ids import CommandId, new_id
from core.spans.span import Kind
from tests.unit.core.kept import Kept, keeping

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


def asked(path: str, traceparent: str) -> Kept:
    """What is kept of one request to a small api."""
    return answered(path, traceparent)[0]


def answered(path: str, traceparent: str, method: str = "GET") -> tuple[Kept, str | None]:
    """That, and what the answer says about it."""

    async def item(_: Request) -> PlainTextResponse:
        return PlainTextResponse("here")

    async def broken(_: Request) -> PlainTextResponse:
        raise RuntimeError("of some words")

    async def page(_: Request) -> PlainTextResponse:
        return PlainTextResponse("a page")

    routes = [Route("/api/v1/items/{secret}", item), Route("/api/v1/broken", broken), Route("/", page)]
    application = cast(Any, Frame(Starlette(routes=routes), Numbers()))
    with keeping() as kept, TestClient(application, raise_server_exceptions=False) as http:
        headers = {"traceparent": traceparent, "X-Request-Id": "request-7"}
        answer = http.request(method, path, headers=headers)
    return kept, answer.headers.get("traceresponse")


@pytest.mark.parametrize("flags", ["00", "01"])
def test_a_request_stands_under_the_callers_span_whatever_the_caller_keeps(flags: str) -> None:
    [request] = asked("/api/v1/items/word-of-a-link", f"00-{TRACE}-00f067aa0ba902b7-{flags}").spans
    assert (request.trace.hex, request.above, request.kind) == (TRACE, 0x00F067AA0BA902B7, Kind.SERVER)
    assert (request.name, request.failed) == ("GET /api/v1/items/{secret}", False)
    assert request.attributes == {
        "mgeprof.request_id": "request-7",
        "http.request.method": "GET",
        "http.route": "/api/v1/items/{secret}",
        "http.response.status_code": 200,
    }


def test_a_request_that_failed_says_so_and_pages_say_nothing() -> None:
    [request] = asked("/api/v1/broken", f"00-{TRACE}-00f067aa0ba902b7-01").spans
    assert (request.failed, request.attributes["http.response.status_code"]) == (True, 500)
    assert not any("words" in str(value) for value in request.attributes.values())
    assert asked("/", f"00-{TRACE}-00f067aa0ba902b7-01").spans == []


def test_the_answer_names_the_span_that_is_kept_of_it() -> None:
    caller = f"00-{TRACE}-00f067aa0ba902b7-01"
    kept, told = answered("/api/v1/items/1", caller)
    assert told == f"00-{TRACE}-{kept.spans[0].id:016x}-01"
    assert answered("/", caller)[1] is None


def test_whoever_tells_spans_tells_none_of_that() -> None:
    kept, told = answered("/api/v1/spans", f"00-{TRACE}-00f067aa0ba902b7-01", "POST")
    assert (kept.spans, told) == ([], None)


def test_where_nobody_collects_the_answer_says_nothing_of_spans() -> None:
    with TestClient(cast(Any, Frame(Starlette(), Numbers()))) as http:
        answer = http.get("/api/v1/items/1", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    assert "traceresponse" not in answer.headers
