"""Shows phases and log lines while an attempt runs: bounded, and never in the way of the run."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol

from core.events.ids import TaskId
from core.protocol.live import LiveMessage, LogLines, Phase, PhaseBegan
from core.protocol.orders import AttemptRef

_MOST_LINES = 500
_MOST_BYTES = 2**18
"""Quoted at its worst this is still half of what the broker takes in one message."""
_PERIOD_S = 0.2
_LAST_WORDS_S = 1.0


class Show(Protocol):
    async def show(self, task: TaskId, message: LiveMessage) -> None: ...


class LiveFeed:
    """``phase`` and ``line`` only note; a task of its own sends. Lines beyond what fits between two sendings are dropped."""

    def __init__(self, link: Show, ref: AttemptRef) -> None:
        self._link = link
        self._ref = ref
        self._lines: list[str] = []
        self._bytes = 0
        self._first = 1
        self._count = 0
        self._phases: list[PhaseBegan] = []
        self._closing = asyncio.Event()
        self._sender = asyncio.create_task(self._send_until_closed(), name=f"live {ref}")

    def phase(self, phase: Phase) -> None:
        self._phases.append(PhaseBegan(attempt=self._ref.attempt, phase=phase, at=datetime.now(UTC)))

    def line(self, line: str) -> None:
        self._count += 1
        if not self._lines:
            self._first = self._count
        size = len(line.encode())
        # What follows a dropped line is dropped too: a message says the number of its first line only.
        in_row = self._first + len(self._lines) == self._count
        if in_row and len(self._lines) < _MOST_LINES and self._bytes + size <= _MOST_BYTES:
            self._lines.append(line)
            self._bytes += size

    async def close(self) -> None:
        """Send the rest, as far as that takes no time, and stop."""
        self._closing.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._sender, _LAST_WORDS_S)

    async def _send_until_closed(self) -> None:
        while not self._closing.is_set():
            await self._send()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), _PERIOD_S)
        await self._send()

    async def _send(self) -> None:
        phases, self._phases = self._phases, []
        first = self._first
        lines, self._lines, self._bytes = self._lines, [], 0
        for phase in phases:
            await self._link.show(self._ref.task, phase)
        if lines:
            await self._link.show(self._ref.task, LogLines(attempt=self._ref.attempt, n=first, lines=tuple(lines)))
