"""What the supervisor runs: one program, how to see that it is ready, how to stop it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class State(StrEnum):
    """Where a part is in its life."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    BACKING_OFF = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"


Prepare = Callable[[], Awaitable[None]]
Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Part:
    """One program of the stack.

    `env` is its whole environment; `prepare` runs before each start. Ready is what `probe` says, or, without one, the program itself: READY=1 over
    systemd's notify protocol. `death_signal` is what it gets when the supervisor is gone; `data`, if given, is the folder of a
    program that must not be root.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    prepare: Prepare | None = None
    probe: Probe | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10.0
    death_signal: signal.Signals = signal.SIGKILL
    data: Path | None = None


@dataclass(frozen=True)
class BackOff:
    """Pauses before a restart, in seconds; a part that was ready for `forgive_after_s` starts again from `first_s`."""

    first_s: float = 0.2
    factor: float = 2.0
    longest_s: float = 10.0
    forgive_after_s: float = 20.0
    # A part that ends so often before it was ever ready is broken, not unlucky.
    give_up_after: int = 4

    def pause(self, failures: int) -> float:
        """The pause in seconds before the restart that follows the `failures`-th end in a row (from 1)."""
        return min(self.longest_s, self.first_s * self.factor ** (failures - 1))


class PartFailedError(Exception):
    """A part ended again and again before it was ever ready."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        self.name, self.code, self.log = name, code, log
        super().__init__(f"{name} does not start (exit {code}); the end of {log}:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 20_000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


async def accepts(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


async def answers(host: str, port: int, path: str) -> int | None:
    """The status of a plain GET, None while nobody answers."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return None
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        status = (await reader.readline()).split()
        return int(status[1]) if len(status) > 1 else None
    except OSError:
        return None
    finally:
        writer.close()
