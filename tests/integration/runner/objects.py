"""An object store that misbehaves as it is told: a plain HTTP server on loopback."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus

SECRET = "X-Amz-Signature=do-not-tell"


class Fault(Enum):
    RESET = "the connection ends before the answer"
    CUT = "the connection ends within the body"


@dataclass
class Objects:
    """``faults`` are used up one a request; then objects are given and taken as they should be."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault | HTTPStatus] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Answers wait for it; it is open unless a test clears it."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by each request."""
    address: str = ""
    _answering: set[asyncio.Task[object]] = field(default_factory=set)

    def url(self, path: str) -> str:
        """Signed, so to say: whoever has it may come in."""
        return f"http://{self.address}/{path}?{SECRET}"

    def holding(self, body: bytes) -> tuple[str, str]:
        """Store bytes; gives their digest and URL."""
        digest = hashlib.sha256(body).hexdigest()
        self.bodies[digest] = body
        return digest, self.url(digest)

    @contextlib.asynccontextmanager
    async def serving(self) -> "AsyncIterator[Objects]":
        self.gate.set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        self.address = f"{host}:{port}"
        try:
            yield self
        finally:
            server.close()
            self.gate.set()
            await asyncio.gather(*self._answering)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._answering.add(me)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await self._answer(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        self._answering.discard(me)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _version = head[0].split(" ")
        path = target.removeprefix("/").partition("?")[0]
        self.requests.append(f"{method} {path}")
        length = next((int(line.split(":")[1]) for line in head if line.lower().startswith("content-length")), 0)
        body = await reader.readexactly(length)
        self.asked.set()
        await self.gate.wait()
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.RESET or (fault is Fault.CUT and method == "PUT"):
            writer.transport.abort()
            return
        if method == "PUT" and fault is None:
            self.bodies[path] = body
        found = b"" if method == "PUT" else self.bodies.get(path)
        status = fault if isinstance(fault, HTTPStatus) else HTTPStatus.NOT_FOUND if found is None else HTTPStatus.OK
        found = found or b""
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(found)}\r\nConnection: close\r\n\r\n".encode())
        writer.write(found[: len(found) // 2] if fault is Fault.CUT else found)
        await writer.drain()
