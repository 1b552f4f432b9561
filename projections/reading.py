"""Reading on while what was read is being applied: the log, the folds and the database work at the same time."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

from core.process import cancel_all

T = TypeVar("T")


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Without Python's collector of cycles, which looks at every event of a large batch again and again and finds nothing. Call ``gc.collect(1)`` between batches."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def ahead(pages: AsyncGenerator[T, None], most: int = 2) -> AsyncGenerator[T, None]:
    """The same pages, up to ``most`` of them read before they are asked for. Raises what ``pages`` raises, in its turn."""
    waiting: asyncio.Queue[T] = asyncio.Queue(most)

    async def read() -> None:
        async with aclosing(pages):
            async for page in pages:
                await waiting.put(page)

    reading = asyncio.create_task(read(), name="read ahead")
    asked: asyncio.Task[T] | None = None
    try:
        while True:
            asked = asyncio.create_task(waiting.get(), name="next page")
            await asyncio.wait({asked, reading}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done() and waiting.empty():
                await cancel_all({asked})
                reading.result()
                return
            yield await asked
    finally:
        await cancel_all({task for task in (reading, asked) if task is not None})
