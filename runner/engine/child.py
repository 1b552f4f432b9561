"""A process of an engine's driver, with the pipes to and from it."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.events.failure import FailureKind
from runner.engine.job import EngineFailed

PROTOCOL_BYTES = 16 * 2**20
"""Everything that a worker may say: 100,000 latencies take about 2 MB."""
Command = Sequence[str | Path]


class Child:
    """Leads a session and a process group of its own. ``lines``: what it says to us; ``log``: its standard output and error."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        log: asyncio.StreamReader,
        lines: asyncio.StreamReader,
        transports: tuple[asyncio.BaseTransport, ...],
        folder: Path | None,
    ) -> None:
        self.process = process
        self.log = log
        self.lines = lines
        self.hello: bytes | None = None
        """Its first line, when that was read before it had a job: then it is up."""
        self._transports = transports
        self._folder = folder

    @classmethod
    async def start(cls, command: Command, scratch: Path, *, owned: bool = False) -> "Child":
        """Run ``command`` with two more arguments, the descriptor to write lines to and our pid, in the folder ``scratch``, which goes with the child when it is ``owned``.

        Raises EngineFailed.
        """
        log, log_transport, log_fd = await _pipe()
        lines, line_transport, line_fd = await _pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *command, str(line_fd), str(os.getpid()),
                stdin=asyncio.subprocess.PIPE, stdout=log_fd, stderr=log_fd, pass_fds=[line_fd],
                cwd=scratch, env=engine_environment(scratch), start_new_session=True,
            )  # fmt: skip
        except BaseException as error:
            log_transport.close()
            line_transport.close()
            if isinstance(error, OSError):
                raise EngineFailed(
                    FailureKind.INTERNAL, f"The engine's program {command[0]} could not be started: {error}"
                ) from error
            raise
        finally:
            # The child holds its own ends; ours would keep the pipes open after its end.
            os.close(log_fd)
            os.close(line_fd)
        return cls(process, log, lines, (log_transport, line_transport), scratch if owned else None)

    def hand_over(self, order: Mapping[str, object]) -> None:
        """Say the one line that it hears. Nobody waits for it to be read: a child that does not is like any other that does nothing."""
        assert self.process.stdin is not None  # noqa: S101 - asked for
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.close()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def bury(self) -> None:
        """Kill its group, wait for its leader, close our ends; a cancellation does not hurry this, and goes on afterwards."""
        self.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        rest = asyncio.ensure_future(self.process.wait())
        cancelled = False
        while not rest.done():
            try:
                await asyncio.shield(rest)
            except asyncio.CancelledError:
                cancelled = True
        for transport in self._transports:
            transport.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if cancelled:
            raise asyncio.CancelledError


async def _pipe() -> tuple[asyncio.StreamReader, asyncio.BaseTransport, int]:
    """A reader of ours, its transport, and the writing end's descriptor, which the caller closes."""
    read_fd, write_fd = os.pipe()
    reader = asyncio.StreamReader(limit=PROTOCOL_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_fd, "rb", buffering=0)
    )
    return reader, transport, write_fd


def engine_environment(scratch: Path) -> dict[str, str]:
    """The child's whole environment. MegEngine's import fails where HOME cannot be written."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
    }
