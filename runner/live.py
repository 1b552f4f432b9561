"""Shows phases and log lines while an attempt runs: bounded, and never in the way of the run."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

from core.events.ids import TaskId
from core.protocol.live import LiveMessage, LogLines, Phase, PhaseBegan
from core.protocol.orders import AttemptRef

_MOST_WAITING = 500
_PERIOD_S = 0.2


class Show(Protocol):
    async def show(self, task: TaskId, message: LiveMessage) -> None: ...


class LiveFeed:
    """``phase`` and ``line`` only note; a task of its own sends. Lines beyond what fits between two sendings are dropped."""

    def __init__(self, link: Show, ref: AttemptRef) -> None:
        self._link = link
        self._ref = ref
        self._lines: list[str] = []
        self._first = 1
        self._count = 0
        self._phases: list[PhaseBegan] = []
        self._sender = asyncio.create_task(self._send_for_ever(), name=f"live {ref}")

    def phase(self, phase: Phase) -> None:
        self._phases.append(PhaseBegan(attempt=self._ref.attempt, phase=phase, at=datetime.now(UTC)))

    def line(self, line: str) -> None:
        self._count += 1
        if len(self._lines) < _MOST_WAITING:
            if not self._lines:
                self._first = self._count
            self._lines.append(line)

    async def close(self) -> None:
        """Send the rest and stop."""
        self._sender.cancel()
        await asyncio.gather(self._sender, return_exceptions=True)
        await self._send()

    async def _send_for_ever(self) -> None:
        while True:
            await self._send()
            await asyncio.sleep(_PERIOD_S)

    async def _send(self) -> None:
        phases, self._phases = self._phases, []
        lines, self._lines = self._lines, []
        for phase in phases:
            await self._link.show(self._ref.task, phase)
        if lines:
            message = LogLines(attempt=self._ref.attempt, n=self._first, lines=tuple(lines))
            await self._link.show(self._ref.task, message)
