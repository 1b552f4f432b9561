"""What surrounds every request: its id, its log line, its numbers, and the last net for what nobody expected."""

import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from time import perf_counter

import structlog
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors.documents import answer, problem
from api.errors.language import asked, language_of
from api.health.numbers import Numbers
from api.routing import PREFIX
from core.events.ids import new_id
from core.spans.span import Kind, Span, span
from core.trace import HEADER as TRACE_HEADER
from core.trace import Point, read, tracing, written

logger = structlog.get_logger(__name__)

HEADER = "X-Request-Id"
_SPANS = f"{PREFIX}/spans"
_KEPT = b"traceresponse"
"""W3C's: says which span answered, to whoever has one to tell that stands above it."""
_ACCEPTABLE = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


def request_id_of(scope: Scope) -> str | None:
    request_id: str | None = scope.get("state", {}).get("request_id")
    return request_id


class Frame:
    """A plain ASGI layer: it neither buffers nor touches bodies, so streams pass through it as they are."""

    def __init__(self, app: ASGIApp, numbers: Numbers) -> None:
        self._app, self._numbers = app, numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = HTTPConnection(scope).headers.get(HEADER, "")
        request_id = given if _ACCEPTABLE.match(given) else str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        asked.set(language_of(scope))
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            tracing(_named_by(scope)),
            _span_of(scope, request_id) as telling,
        ):
            await self._carry_out(scope, receive, send, request_id, telling)

    async def _carry_out(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, telling: Span | None
    ) -> None:
        started, status = perf_counter(), 0
        kept = () if telling is None else ((_KEPT, written(Point(telling.trace, telling.id)).encode()),)

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER.lower().encode(), request_id.encode()), *kept]
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except ClientDisconnect:
            logger.info("the client went away", action="client_gone", path=scope["path"])
        except Exception:
            logger.exception("a request failed", action="request_failed", path=scope["path"])
            if status:  # the answer has begun: the connection has to break
                raise
            language = language_of(scope)
            await answer(problem("internal", None, request_id), language=language)(scope, receive, marked)
        finally:
            self._tell(scope, status, perf_counter() - started, telling)

    def _tell(self, scope: Scope, status: int, seconds: float, telling: Span | None) -> None:
        route = getattr(scope.get("route"), "path", "none")
        if telling is not None:
            _describe(telling, scope, route, status)
        self._numbers.request(scope["method"], route, status, seconds)
        logger.info(
            "request",
            action="request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            seconds=round(seconds, 4),
        )


def _named_by(scope: Scope) -> Point | None:
    """The caller's trace; which traces are kept is not the caller's choice."""
    named = read(HTTPConnection(scope).headers.get(TRACE_HEADER))
    return named and replace(named, recorded=True)


def _span_of(scope: Scope, request_id: str) -> AbstractContextManager[Span | None]:
    """Of requests to the api itself: pages' files and probes would bury those, and so would requests that tell spans."""
    if not scope["path"].startswith("/api/") or scope["path"] == _SPANS:
        return nullcontext()
    return span(scope["method"], kind=Kind.SERVER, attributes={"mgeprof.request_id": request_id})


def _describe(telling: Span, scope: Scope, route: str, status: int) -> None:
    """In OpenTelemetry's words. The path itself may hold the secret of a link."""
    telling.name = f"{scope['method']} {route}"
    telling.failed = not status or status >= 500
    telling.attributes |= {
        "http.request.method": scope["method"],
        "http.route": route,
        "http.response.status_code": status,
    }
