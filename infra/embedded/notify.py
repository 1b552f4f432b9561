"""systemd's notify protocol, the receiving end: how our own processes say that they serve."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self


class NotifySocket(asyncio.DatagramProtocol):
    """An abstract unix datagram socket for one program.

    `address` goes into its NOTIFY_SOCKET. `ready` is set by READY=1; each STATUS=text is handed to `on_status`.
    """

    def __init__(self, on_status: Callable[[str], None]) -> None:
        # Abstract: no file to clean up, and no limit of 108 bytes for deep homes. Unguessable: anybody on the machine may send.
        self.address = f"@mgeprof-{secrets.token_hex(12)}"
        self.ready = asyncio.Event()
        self._on_status = on_status
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        receiver.setblocking(False)
        receiver.bind("\0" + self.address[1:])
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=receiver)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, _: object) -> None:
        """One datagram: lines of NAME=value."""
        for line in data.decode(errors="replace").splitlines():
            match line.partition("="):
                case ("READY", _, "1"):
                    self.ready.set()
                case ("STATUS", _, text):
                    self._on_status(text)
                case _:
                    pass  # the protocol has many more names, which receivers ignore
