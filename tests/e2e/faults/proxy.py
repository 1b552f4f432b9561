"""A way to a server that can be broken: what one end sends arrives, or does not."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from infra.embedded.ports import HOST, fresh_port


class Proxy:
    """Listens on a port of its own in the place of ``port``. While it is not ``whole``, bytes vanish in both directions and nobody is told."""

    def __init__(self, port: int) -> None:
        self.port = fresh_port({port})
        self._towards = port
        self._whole = True
        self._dropped = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, HOST, self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    @property
    def dropped(self) -> int:
        """Bytes that never arrived."""
        return self._dropped

    def drop(self) -> None:
        self._whole = False

    def heal(self) -> None:
        """New connections work. Those that lost something are of no use any more, as their ends will find out."""
        self._whole = True
        self.cut()

    def cut(self) -> None:
        """End all connections, as a router does that was restarted."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            theirs, to_them = await asyncio.open_connection(HOST, self._towards)
        except OSError:
            writer.transport.abort()
            self._writers.discard(writer)
            return
        self._writers.add(to_them)
        for source, target in ((reader, to_them), (theirs, writer)):
            pump = asyncio.create_task(self._pump(source, target))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65_536):
                if not self._whole:
                    self._dropped += len(piece)
                    continue
                target.write(piece)
                await target.drain()
        target.transport.abort()
        self._writers.discard(target)
