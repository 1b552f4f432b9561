"""From the one tail of this process to all who read the stream of events: each event is looked up and written once, however many hear of it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import asyncpg
import structlog

from api.events.audience import Audience
from api.events.filters import EventFilter
from api.events.resources import EventResource
from api.health.numbers import Numbers
from api.identity import Identity
from api.live.reader import Reader
from api.live.tail import Tail
from core.events import account
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate

logger = structlog.get_logger(__name__)

BACKLOG: Final = 20_000
"""Events that may wait for the read models. When there are more, all readers are cut off, and take up from the log again."""
_BATCH: Final = 1_000
_EVERY_S: Final = 0.05
"""Readers are woken this often at the most: many of them cost much more than many events."""
_WAKES_A_SECOND: Final = 2_000
"""All readers together are not woken more often than this, so that 500 of them hear a quarter of a second later, and not ever later."""
_RETRY_S: Final = 1.0
_ABOUT_ACCOUNTS: Final = (account.RoleChanged, account.Disabled, account.Deleted)
"""What changes how far somebody sees: their streams end, and begin again as what they are now."""

_ADMINISTRATORS: Final = Audience(frozenset())

Ask = Callable[[Sequence[Recorded[Fact]]], Awaitable[list[Audience]]]


@dataclass(frozen=True)
class Told:
    sequence: int
    frame: bytes


class EventReader(Reader[Told]):
    """Somebody who reads the stream. ``start``: sequence after which it is handed everything, once it is live."""

    def __init__(self, who: Identity, wanted: EventFilter, most: int) -> None:
        super().__init__(most)
        self.who, self.wanted = who, wanted
        self.start = 0


class Fan:
    """``ask`` answers who may see events, and waits until it can know. ``sequence``: as far as all readers have been handed what is theirs."""

    def __init__(self, tail: Tail, ask: Ask, numbers: Numbers, *, queue: int) -> None:
        self._tail, self.ask, self._numbers, self._queue = tail, ask, numbers, queue
        self._backlog: deque[Recorded[Fact]] = deque()
        self._news = asyncio.Event()
        self._open: set[EventReader] = set()
        self._live: set[EventReader] = set()
        self._closed = False
        self.sequence = 0
        tail.listen(self._heard)

    def reader(self, who: Identity, wanted: EventFilter) -> EventReader:
        """One that is not counted yet: see ``reading``."""
        return EventReader(who, wanted, self._queue)

    @contextmanager
    def reading(self, reader: EventReader) -> Iterator[None]:
        """While it reads from the log; what comes is handed to it only after ``go_live``."""
        if self._closed:
            reader.end()
        self._open.add(reader)
        self._numbers.readers.inc()
        try:
            yield
        finally:
            self._numbers.readers.dec()
            self._open.discard(reader)
            self._live.discard(reader)

    def go_live(self, reader: EventReader) -> None:
        """From now on it is handed everything after ``reader.start``; what came before stands in the log."""
        reader.start = self.sequence
        self._live.add(reader)

    def close(self) -> None:
        """End all streams, so that the server can end."""
        self._closed = True
        for reader in self._open:
            reader.end()

    async def begun(self) -> None:
        """Wait until ``sequence`` holds."""
        await self._tail.begun()
        self.sequence = self.sequence or self._tail.sequence

    async def run(self) -> None:
        """Hand on until cancelled."""
        await self.begun()
        while True:
            await self._news.wait()
            self._news.clear()
            while self._backlog:
                batch = [self._backlog.popleft() for _ in range(min(_BATCH, len(self._backlog)))]
                if self._live:
                    self._hand_on(batch, await self._audiences(batch))
                self.sequence = max(self.sequence, batch[-1].sequence)
            if self._live:
                await asyncio.sleep(max(_EVERY_S, len(self._live) / _WAKES_A_SECOND))

    def _heard(self, events: Sequence[Recorded[Fact]]) -> None:
        self._backlog.extend(events)
        if len(self._backlog) > BACKLOG:
            logger.warning("the read models are far behind", action="fan_overrun", events=len(self._backlog))
            self._backlog.clear()
            self.sequence = events[-1].sequence
            for reader in self._live:
                reader.end()
        self._news.set()

    async def _audiences(self, events: Sequence[Recorded[Fact]]) -> list[Audience]:
        if all(reader.who.is_admin for reader in self._live):
            return [_ADMINISTRATORS] * len(events)  # who need not wait for read models that are behind
        while True:
            try:
                return await self.ask(events)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("who may see events is not known", action="fan_waits", error=repr(error))
                await asyncio.sleep(_RETRY_S)

    def _hand_on(self, events: Sequence[Recorded[Fact]], audiences: Sequence[Audience]) -> None:
        for event, audience in zip(events, audiences, strict=True):
            told: Told | None = None
            for reader in self._live:
                if reader.over or event.sequence <= reader.start:
                    continue
                if audience.admits(reader.who) and reader.wanted.passes(event):
                    told = told or Told(event.sequence, frame_of(event))
                    if not reader.hand(told):
                        self._numbers.cut_off.inc()
            if event.key.aggregate is Aggregate.ACCOUNT and isinstance(event.data, _ABOUT_ACCOUNTS):
                self._end_those_of(event)

    def _end_those_of(self, event: Recorded[Fact]) -> None:
        for reader in self._live:
            if reader.who.account == event.key.id:
                reader.end()


def frame_of(event: Recorded[Fact]) -> bytes:
    """A server-sent event."""
    return f"event: event\nid: {event.sequence}\ndata: {EventResource.of(event).structured()}\n\n".encode()
