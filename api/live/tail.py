"""The one reading of the log of this process: what is stored from now on, in order and without a gap, for everybody who listens."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from core.events.envelope import Fact, Recorded
from core.nats.log import EventLog, LogUnavailableError

logger = structlog.get_logger(__name__)

Listener = Callable[[Sequence[Recorded[Fact]]], None]
_RETRY_S = 0.5


class Tail:
    """``sequence``: of the last event that listeners were told, or of the last one before they were told any."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._listeners: list[Listener] = []
        self._begun = asyncio.Event()
        self.sequence = 0

    def listen(self, listener: Listener) -> None:
        """It is called with batches of events and must not wait."""
        self._listeners.append(listener)

    async def begun(self) -> None:
        """Wait until ``sequence`` holds."""
        await self._begun.wait()

    async def run(self) -> None:
        """Tell until cancelled. Raises what ``EventLog.follow`` does."""
        self.sequence = await self._end()
        self._begun.set()
        async for events in self._log.follow(self.sequence):
            if events:
                self.sequence = events[-1].sequence
                for listener in self._listeners:
                    listener(events)

    async def _end(self) -> int:
        while True:
            try:
                return await self._log.last_sequence()
            except LogUnavailableError as error:
                logger.warning("the tail waits for the log", action="tail_waits", error=str(error))
                await asyncio.sleep(_RETRY_S)
