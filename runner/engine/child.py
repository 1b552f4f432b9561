"""A process of an engine's driver, with the pipes to and from it."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
from pathlib import Path

from core.events.failure import FailureKind
from runner.engine.command import Command
from runner.engine.handover import HandOver
from runner.engine.job import EngineFailed

PROTOCOL_BYTES = 16 * 2**20
"""Everything that a worker may say: 100,000 latencies take about 2 MB."""
STOP_S = 3.0
"""How long a worker that was told to stop may take before its sandbox is killed whole."""


class Child:
    """Leads a session and a process group of its own. ``lines``: what it says to us; ``log``: its standard output and error; ``control``: where it hears us."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        control: socket.socket,
        log: asyncio.StreamReader,
        lines: asyncio.StreamReader,
        transports: tuple[asyncio.BaseTransport, ...],
        folder: Path | None,
    ) -> None:
        self.process = process
        self._control = control
        self.log = log
        self.lines = lines
        self.hello: bytes | None = None
        """Its first line, when that was read before it had a job: then it is up."""
        self._transports = transports
        self._folder = folder

    @classmethod
    async def start(cls, command: Command, scratch: Path, *, owned: bool = False) -> "Child":
        """Run ``command`` with the folder ``scratch``, which goes with the child when it is ``owned``. Raises EngineFailed."""
        log, log_transport, log_fd = await _pipe()
        lines, line_transport, line_fd = await _pipe()
        control, theirs = socket.socketpair()
        control.setblocking(False)
        try:
            launch = command.launch(scratch, line_fd, theirs.fileno())
            process = await asyncio.create_subprocess_exec(
                *launch.argv, stdin=asyncio.subprocess.DEVNULL, stdout=log_fd, stderr=log_fd,
                pass_fds=[line_fd, theirs.fileno()], cwd=scratch, env=launch.environment, start_new_session=True,
            )  # fmt: skip
        except BaseException as error:
            log_transport.close()
            line_transport.close()
            control.close()
            if isinstance(error, OSError):
                raise EngineFailed(
                    FailureKind.INTERNAL, f"The engine's program {command.python} could not be started: {error}"
                ) from error
            raise
        finally:
            # The child holds its own ends; ours would keep the pipes open after its end.
            os.close(log_fd)
            os.close(line_fd)
            theirs.close()
        return cls(process, control, log, lines, (log_transport, line_transport), scratch if owned else None)

    def hand_over(self, job: HandOver) -> None:
        """Give it its only job."""
        job.send(self._control)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def bury(self) -> None:
        """Tell it to stop, kill what does not, wait for its end, close our ends; a cancellation does not hurry this, and goes on afterwards."""
        rest = asyncio.ensure_future(self._end())
        cancelled = False
        while not rest.done():
            try:
                await asyncio.shield(rest)
            except asyncio.CancelledError:
                cancelled = True
        for transport in self._transports:
            transport.close()
        self._control.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if cancelled:
            raise asyncio.CancelledError

    async def _end(self) -> None:
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), STOP_S)
        # Also what is left of its group.
        self.kill()
        await self.process.wait()


async def _pipe() -> tuple[asyncio.StreamReader, asyncio.BaseTransport, int]:
    """A reader of ours, its transport, and the writing end's descriptor, which the caller closes."""
    read_fd, write_fd = os.pipe()
    reader = asyncio.StreamReader(limit=PROTOCOL_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_fd, "rb", buffering=0)
    )
    return reader, transport, write_fd
