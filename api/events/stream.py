"""One reader's stream of events: from the log as far as that goes, then live, without a gap between."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from typing import Final

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Send

from api.events.audience import Audience
from api.events.fan import EventReader, Fan, frame_of
from core.events.envelope import Fact, Recorded
from core.nats.log import EventLog, LogUnavailableError
from core.process import cancel_all

logger = structlog.get_logger(__name__)

_AT_ONCE: Final = 100
"""Events in one piece of the answer: what is written is copied, and that for every reader."""
_RETRY_S: Final = 1.0
_GRACE_S: Final = 1.0
_BEGIN: Final = b"retry: 1000\n\n"


@dataclass
class EventStream:
    """``told``: the sequence after which to begin; ``end``: where to end, None: never. ``may_go_on``: whether the reader is still let in, asked at every heartbeat."""

    log: EventLog
    fan: Fan
    reader: EventReader
    ask: Callable[[Sequence[Recorded[Fact]]], Awaitable[list[Audience]]]
    may_go_on: Callable[[], Awaitable[bool]]
    told: int
    heartbeat_s: float
    longest_s: float
    end: int | None = None

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Ends at ``end``, when the reader is cut off or let in no longer, and after ``longest_s``."""
        with self.fan.reading(self.reader):
            async with aclosing(self._pages(monotonic() + self.longest_s)) as pages:
                async for page in pages:
                    yield page

    async def _pages(self, ends_at: float) -> AsyncGenerator[bytes, None]:
        yield _BEGIN
        await self.fan.begun()
        while self.told < (self.end or self.fan.sequence) and not self.reader.over:  # not live yet: nothing piles up
            async for page in self._replay(self.end or self.fan.sequence):
                yield page
        if self.end is not None:
            return
        self.fan.go_live(self.reader)
        async for page in self._replay(self.reader.start):
            yield page
        async for page in self._live(ends_at):
            yield page

    async def _replay(self, upto: int) -> AsyncGenerator[bytes, None]:
        while self.told < upto and not self.reader.over:
            try:
                found = self.log.read(self.told, upto, subjects=self.reader.wanted.subjects(), batch=_AT_ONCE)
                async with aclosing(found):
                    async for events in found:
                        yield await self._visible(events)
                        self.told = events[-1].sequence
                self.told = upto
                yield _position(upto)
            except LogUnavailableError as error:
                logger.warning("a stream of events waits for the log", action="events_wait", error=str(error))
                await asyncio.sleep(_RETRY_S)

    async def _visible(self, events: Sequence[Recorded[Fact]]) -> bytes:
        wanted = [event for event in events if self.reader.wanted.passes(event)]
        if wanted and not self.reader.who.is_admin:
            allowed = await self.ask(wanted)
            wanted = [event for event, one in zip(wanted, allowed, strict=True) if one.admits(self.reader.who)]
        return b"".join([*map(frame_of, wanted), _position(events[-1].sequence)])

    async def _live(self, ends_at: float) -> AsyncGenerator[bytes, None]:
        check_at = monotonic() + self.heartbeat_s
        while True:
            taken = await self.reader.take(_AT_ONCE, max(0.0, min(check_at, ends_at) - monotonic()))
            fresh = [one for one in taken if one.sequence > self.told]  # another process may have told more already
            if fresh:
                self.told = fresh[-1].sequence
                yield b"".join([one.frame for one in fresh])
            if self.reader.over or monotonic() > ends_at:
                return
            if monotonic() >= check_at:
                if not await self.may_go_on():
                    return
                check_at = monotonic() + self.heartbeat_s
                if self.reader.idle:
                    self.told = max(self.told, self.fan.sequence)
                yield _position(self.told)


def _position(sequence: int) -> bytes:
    """A message without data: nobody hears of it, but a reader that comes again goes on from here."""
    return f": alive\nid: {sequence}\n\n".encode()


class EventStreamResponse(StreamingResponse):
    """Ends soon after the reader was cut off, also when it takes nothing any more."""

    media_type = "text/event-stream"

    def __init__(self, stream: EventStream) -> None:
        self._reader, self._frames = stream.reader, stream.frames()
        super().__init__(self._frames, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        sending = asyncio.create_task(super().stream_response(send), name="events")
        over = asyncio.create_task(self._reader.ended(), name="events-over")
        try:
            await asyncio.wait({sending, over}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({sending}, timeout=_GRACE_S if over.done() else None)
        finally:
            late = not sending.done()
            await cancel_all({sending, over})
            await self._frames.aclose()
        if not late:
            sending.result()
