"""HTTP with the server's manners: a bearer token, problem documents as exceptions, retries where they are safe."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2
import stamina

from client.connection import Connection
from client.errors import NoAnswerError, Problem, ProblemError, ServerProblemError
from client.refusal import problem_of

BASE = "/api/v1"
SEQUENCE = "Mgeprof-Sequence"
IDEMPOTENCY_KEY = "Idempotency-Key"
LINK = "Mgeprof-Link"
TRACE = "traceparent"
# The request did not do anything, or will be recognised when it comes again.
PASSING = frozenset({429, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})

Params = Mapping[str, str | float | Sequence[str] | None]


@dataclass(frozen=True)
class Patience:
    """How long to try again, in seconds: before the server has ever answered, and after (it may be restarting)."""

    first_s: float = 3.0
    within_s: float = 60.0
    wait_max_s: float = 5.0


class Http:
    """One caller's connection to one server; an async context manager.

    Reads ask for the newest sequence that an answer has named, so a caller sees what it wrote. Requests that may come twice
    without harm are repeated while the server is away: reads, parts of uploads, and posts (they carry an idempotency key).
    """

    def __init__(
        self,
        connection: Connection,
        *,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.connection = connection
        self.sequence = 0
        self._patience = patience or Patience()
        self._answered = False
        headers = {"Authorization": f"Bearer {connection.token}"} if connection.token else {}
        if connection.language:
            headers["Accept-Language"] = connection.language
        self._client = httpx2.AsyncClient(
            base_url=connection.url + BASE,
            headers={"Accept": "application/json", **headers},
            timeout=httpx2.Timeout(60.0, connect=5.0, pool=None),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def get(self, path: str, params: Params | None = None) -> Any:
        """A resource as its JSON document. Parameters that are None are left out.

        Raises:
            ProblemError: the server said no.
            NoAnswerError: no server answered.
        """
        known = {name: value for name, value in (params or {}).items() if value is not None}
        return _json(await self._send(lambda: self._request("GET", path, params=known)))

    async def post(self, path: str, body: Any = None, *, timeout_s: float = 60.0) -> Any:
        """Send a command, under one idempotency key over all its repetitions. Errors as `get`."""
        key = {IDEMPOTENCY_KEY: str(uuid.uuid4()), TRACE: f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[16:]}-01"}
        return _json(await self._send(lambda: self._request("POST", path, json=body, headers=key, timeout=timeout_s)))

    async def put(self, path: str, content: Callable[[], AsyncIterator[bytes]], size: int) -> None:
        """Send ``size`` bytes; ``content`` is called again for each repetition. Errors as `get`."""
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        await self._send(lambda: self._request("PUT", path, content=content(), headers=headers))

    async def put_json(self, path: str, body: Any) -> Any:
        """Set something to what is given. Errors as `get`."""
        return _json(await self._send(lambda: self._request("PUT", path, json=body)))

    async def patch(self, path: str, body: Any) -> Any:
        """Send what is to be changed; the same again changes nothing. Errors as `get`."""
        return _json(await self._send(lambda: self._request("PATCH", path, json=body)))

    async def delete(self, path: str) -> None:
        """Errors as `get`."""
        await self._send(lambda: self._request("DELETE", path))

    @asynccontextmanager
    async def stream(
        self,
        path: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        read_timeout_s: float = 60.0,
    ) -> AsyncIterator[httpx2.Response]:
        """An answer whose body is read as it comes, without repetition.

        Raises:
            ProblemError: the server said no.
            httpx2.TransportError: no answer, or it broke off: only the reader knows how to go on.
        """
        timeout = httpx2.Timeout(60.0, connect=5.0, read=read_timeout_s)
        request = self._request("GET", path, params=params, headers=headers, timeout=timeout)
        response = await self._client.send(request, stream=True)
        try:
            if response.status_code >= 400:
                await response.aread()
            self._heard(response)
            yield response
        finally:
            await response.aclose()

    async def chunks(self, path: str, params: Params | None = None) -> AsyncIterator[bytes]:
        """A file's bytes as they come. Errors as `get`."""
        async with self._read(path, params) as response:
            async for chunk in response.aiter_bytes():
                yield chunk

    async def lines(self, path: str) -> AsyncIterator[str]:
        """A text's lines as they come. Errors as `get`."""
        async with self._read(path) as response:
            async for line in response.aiter_lines():
                yield line

    @asynccontextmanager
    async def _read(self, path: str, params: Params | None = None) -> AsyncIterator[httpx2.Response]:
        try:
            async with self.stream(path, params) as response:
                yield response
        except httpx2.TransportError as error:
            raise NoAnswerError(self.connection.url, _reason(error)) from error

    def _request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **content: Any
    ) -> httpx2.Request:
        known = dict(headers or {})
        if method == "GET" and self.sequence:
            known[SEQUENCE] = str(self.sequence)
        if link := self._link(path, content.get("params") or {}):
            known[LINK] = link
        return self._client.build_request(method, path, headers=known, **content)

    def _link(self, path: str, params: Params) -> str | None:
        """The secret that opens the run or sweep which the request is about, where somebody gave us a link to it."""
        links, (_, first, *steps) = self.connection.links, path.split("/")
        if first in {"tasks", "sweeps"}:
            return links.get(steps[0]) if steps else None
        if first != "compare":
            return None
        told = (value if isinstance(value, (list, tuple)) else [value] for value in params.values())
        return next((links[one] for values in told for one in map(str, values) if one in links), None)

    async def _send(self, make: Callable[[], httpx2.Request]) -> httpx2.Response:
        response: httpx2.Response | None = None
        patience = self._patience.within_s if self._answered else self._patience.first_s
        try:
            async for attempt in stamina.retry_context(
                on=_worth_repeating,
                attempts=None,
                timeout=patience,
                wait_max=self._patience.wait_max_s,
                wait_jitter=0.2,
            ):
                with attempt:
                    response = await self._client.send(make())
                    self._heard(response)
        except httpx2.TransportError as error:
            raise NoAnswerError(self.connection.url, _reason(error)) from error
        assert response is not None  # noqa: S101  (an attempt returns an answer or raises)
        return response

    def _heard(self, response: httpx2.Response) -> None:
        """Take note of what every answer carries.

        Raises:
            ProblemError: when the answer is a refusal.
        """
        sequence = response.headers.get(SEQUENCE, "")
        if sequence.isdigit():
            self.sequence = max(self.sequence, int(sequence))
        if response.status_code >= 300:
            raise problem_of(response)
        self._answered = True


def at(*steps: str) -> str:
    """A path; an id that somebody typed stays one step of it."""
    return "".join(f"/{quote(step, safe='')}" for step in steps)


def _worth_repeating(error: Exception) -> bool | float:
    """Whether the same request may go out again; a number says after how many seconds."""
    if isinstance(error, ProblemError):
        return error.status in PASSING and (error.retry_after_s or True)
    if isinstance(error, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        return True
    if isinstance(error, (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)):
        # It never left this process: again would be the same.
        return False
    if isinstance(error, httpx2.TransportError):
        return error.request.method in REPEATABLE or IDEMPOTENCY_KEY in error.request.headers
    return False


def _json(response: httpx2.Response) -> Any:
    if response.status_code in {202, 204} and not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        problem = Problem(
            "not_json", "This is not an mgeprof server.", response.status_code, f"{response.url} does not answer JSON."
        )
        raise ServerProblemError(problem) from error


def _reason(error: httpx2.TransportError) -> str:
    return str(error) or type(error).__name__
