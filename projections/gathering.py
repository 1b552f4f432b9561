"""How many events the tables take at once: while little happens each as it comes, while much happens many together."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeVar

from core.process import cancel_all

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long events wait for more, in seconds. ``passing``: a page of nothing but what passes. ``crowd``: any page, in a crowd; ``lull``: what ends a crowd when nobody comes for so long.

    A crowd is a page of ``crowd_size`` events, and of at least ``crowd_rate`` for each second that it waited.
    """

    passing: float = 0.025
    crowd: float = 0.2
    lull: float = 0.04
    crowd_size: int = 16
    crowd_rate: float = 400.0

    def is_crowd(self, events: int, waited: float) -> bool:
        return events >= max(self.crowd_size, self.crowd_rate * waited)


PATIENCE: Final = Patience()


async def gathered(
    pages: AsyncGenerator[list[T], None], passes: Callable[[T], bool], most: int, patience: Patience = PATIENCE
) -> AsyncGenerator[list[T], None]:
    """The same events in fewer pages; none is made larger than ``most``.

    A page of nothing but what ``passes`` waits a moment for what follows. While events come in crowds, every page waits a little longer.
    An empty page is handed on. Raises what ``pages`` raises, in its turn.
    """
    asked: asyncio.Task[list[T] | None] | None = None
    crowded = False
    try:
        while True:
            idle_since = monotonic()
            page = await (asked or _next(pages))
            if page is None:
                return
            asked, begun = None, monotonic()
            crowded = crowded and begun - idle_since < patience.lull
            while page and len(page) < most and (crowded or all(map(passes, page))):
                left = (patience.crowd if crowded else patience.passing) - (monotonic() - begun)
                asked = _next(pages)
                await asyncio.wait({asked}, timeout=max(0.0, min(left, patience.lull)))
                if not asked.done() or asked.exception() or not (more := asked.result()) or len(page + more) > most:
                    break
                page, asked = page + more, None
            crowded = patience.is_crowd(len(page), monotonic() - begun)
            yield page
    finally:
        if asked is not None:
            await cancel_all({asked})


def _next(pages: AsyncGenerator[list[T], None]) -> asyncio.Task[list[T] | None]:
    """None: there are no more."""

    async def page() -> list[T] | None:
        return await anext(pages, None)

    return asyncio.create_task(page(), name="next page")
