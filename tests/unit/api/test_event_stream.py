"""A reader that takes nothing any more does not keep its stream."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from api.events.fan import EventReader
from api.events.filters import EventFilter
from api.events.stream import EventStream, EventStreamResponse
from api.identity import Identity
from core.events.ids import LOCAL_ACCOUNT


class Endless:
    """A stream that always has something to say."""

    def __init__(self) -> None:
        self.reader = EventReader(Identity(LOCAL_ACCOUNT, "somebody"), EventFilter(), 1)
        self.closed = False

    async def frames(self) -> Any:
        try:
            while True:
                yield b": alive\n\n"
        finally:
            self.closed = True


async def test_cutting_off_ends_an_answer_that_nobody_takes() -> None:
    stream, taken = Endless(), asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            taken.set()
            await asyncio.Event().wait()

    answering = asyncio.create_task(EventStreamResponse(cast(EventStream, stream)).stream_response(send))
    await asyncio.wait_for(taken.wait(), 10)
    assert not answering.done()
    stream.reader.end()
    await asyncio.wait_for(answering, 10)
    assert stream.closed
