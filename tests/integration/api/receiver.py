"""Somebody's program that receives webhooks, well or badly."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Self

from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from core.process import cancel_all


class Manner(Enum):
    """How to treat a message without answering it properly."""

    HANG = "hang"
    """Read it and say nothing."""
    DROP = "drop"
    """Read it and close the connection."""
    DRIP = "drip"
    """Answer letter by letter, for ever."""


@dataclass(frozen=True)
class Reply:
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Message:
    headers: dict[str, str]
    body: bytes
    at: datetime

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        """As the CloudEvents SDK reads it."""
        return from_http_event(HTTPMessage(headers=self.headers, body=self.body))

    @property
    def sequence(self) -> int:
        return int(self.event.get_extension("sequence"))


Plan = Callable[[Message], Reply | Manner]


class Receiver:
    """``plan``: what becomes of each message. ``got``: all that came; ``accepted``: what was answered with 2xx. ``connections``: how often anybody connected."""

    def __init__(self, host: str = "127.0.0.1", plan: Plan = lambda _: Reply()) -> None:
        self.plan, self.host, self.port = plan, host, 0
        self.got: list[Message] = []
        self.accepted: list[Message] = []
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/hook?a=b"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._take, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        await self._take_no_more(self._server)
        self._server.close()
        for writer in self._open.values():
            writer.transport.abort()
        await cancel_all(list(self._open))

    async def _take_no_more(self, server: asyncio.Server) -> None:
        """Before Python 3.12 a server that is closed while somebody comes in leaves that connection open for ever."""
        for listening in server.sockets:
            asyncio.get_running_loop().remove_reader(listening.fileno())
        for _ in range(3):  # whoever was let in becomes a connection, is made known, and is served
            await asyncio.sleep(0)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.create_task(self._serve(reader, writer))
        self._open[task] = writer
        task.add_done_callback(self._open.pop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        assert head[0].startswith("POST /hook?a=b ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers["content-length"]))
        message = Message(headers, body, datetime.now(UTC))
        self.got.append(message)
        match self.plan(message):
            case Manner.HANG:
                await asyncio.sleep(3600)
            case Manner.DROP:
                return
            case Manner.DRIP:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
                while True:
                    writer.write(b".")
                    await writer.drain()
                    await asyncio.sleep(0.05)
            case Reply(status, more, answer):
                if 200 <= status < 300:
                    self.accepted.append(message)
                lines = [f"{name}: {value}" for name, value in {"content-length": len(answer), **more}.items()]
                writer.write("\r\n".join([f"HTTP/1.1 {status} so", *lines, "", ""]).encode() + answer)
                await writer.drain()


@contextlib.asynccontextmanager
async def receiving(plan: Plan = lambda _: Reply()) -> AsyncIterator[Receiver]:
    async with Receiver(plan=plan) as receiver:
        yield receiver
