"""Sending one message to a receiver that nobody vouches for: it may be inside, redirect, hang, or never stop answering."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Final, Self

import httpcore2

from api.webhooks.addresses import Network, RefusedAddressError, checked

MOST_ANSWER: Final = 65_536
"""Bytes of an answer that are read; what comes after is not waited for."""
KEPT_ANSWER: Final = 500
"""Letters of it that are kept."""
RESOLVERS: Final = 4

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a name, as texts. Raises OSError."""


@dataclass(frozen=True)
class Answer:
    """How a try ended: with a ``status``, or with an ``error``. ``text``: the answer's beginning, fit to be stored and shown."""

    seconds: float
    status: int | None = None
    error: str | None = None
    text: str = ""
    retry_after_s: float | None = None

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == 410


def resolve(host: str, port: int) -> Sequence[str]:
    """By the system's resolver, as a connection would: numbers in any spelling are addresses, too."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Sender:
    """Posts to receivers on the public internet, or in ``networks``. Follows no redirect, uses no proxy."""

    def __init__(
        self,
        networks: Sequence[Network],
        timeout_s: float,
        *,
        resolver: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._networks, self._timeout_s, self._resolve = networks, timeout_s, resolver
        self._trust = trust or ssl.create_default_context()
        # Of our own: a name server that hangs must not hold up anybody else's threads.
        self._resolvers = ThreadPoolExecutor(RESOLVERS, "webhook-resolver")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Within the time-out, whatever the receiver does."""
        began = monotonic()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._post(url, headers, body, began)
        except TimeoutError:
            error = f"no whole answer within {self._timeout_s:g} s"
        except RefusedAddressError as refused:
            error = str(refused)
        except (OSError, UnicodeError, httpcore2.TimeoutException, httpcore2.NetworkError) as failed:
            error = f"no connection: {failed}"
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as failed:
            error = f"no HTTP answer: {failed}"
        return Answer(monotonic() - began, error=_fit(error))

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes, began: float) -> Answer:
        parsed = httpcore2.URL(url)
        guard = _Guard(self, tls=parsed.scheme == b"https")
        # A pool for each message: a connection is made to an address that was looked at now.
        async with (
            httpcore2.AsyncConnectionPool(self._trust, network_backend=guard, http2=False) as pool,
            pool.stream("POST", parsed, headers=list(headers.items()), content=body) as response,
        ):
            text = await _beginning(response)
            return Answer(monotonic() - began, response.status, text=text, retry_after_s=_retry_after(response.headers))

    async def addresses(self, host: str, port: int, *, tls: bool) -> list[str]:
        """Those to connect to. Raises RefusedAddressError, and OSError when the name is not known."""
        found = await asyncio.get_running_loop().run_in_executor(self._resolvers, self._resolve, host, port)
        return [str(address) for address in checked(found, self._networks, tls=tls)]


class _Guard(httpcore2.AsyncNetworkBackend):
    """Connects to the very address that was checked; asking again could give another one."""

    def __init__(self, sender: Sender, *, tls: bool) -> None:
        self._sender, self._tls = sender, tls
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's
        local_address: str | None = None,
        socket_options: object = None,  # noqa: ARG002 - nothing of ours sets any
    ) -> httpcore2.AsyncNetworkStream:
        failed: Exception = httpcore2.ConnectError("the name has no address")
        for address in await self._sender.addresses(host, port, tls=self._tls):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address)
            except httpcore2.ConnectError as error:
                failed = error
        raise failed


async def _beginning(response: httpcore2.Response) -> str:
    """Of the answer; the rest is not read."""
    read = b""
    async for chunk in response.aiter_stream():
        read += chunk[: MOST_ANSWER - len(read)]
        if len(read) >= MOST_ANSWER:
            break
    return _fit(read.decode(errors="replace"))


def _fit(text: str) -> str:
    """The database stores no null byte, and nobody's terminal obeys what a receiver says."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * KEPT_ANSWER])
    return " ".join(printable.split())[:KEPT_ANSWER]


def _retry_after(headers: Sequence[tuple[bytes, bytes]]) -> float | None:
    """Seconds only; a date is not worth its doubts."""
    for name, value in headers:
        if name.lower() == b"retry-after" and value.isdigit() and len(value) < 9:
            return float(value)
    return None
