"""The log from its end towards its beginning. A broker reads forward only: so it is read window by window, each before the last one."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final, Protocol

from core.events.envelope import Fact, Recorded

_MOST: Final = 1_000
"""Events of one window: a wider one that holds more is left, and a narrower one is read."""
_GROWTH: Final = 8

Events = list[Recorded[Fact]]


class Readable(Protocol):
    """What ``EventLog`` can do."""

    def read(
        self, after: int, upto: int | None = None, *, subjects: Sequence[str] = (), batch: int = 500
    ) -> AsyncGenerator[Events, None]: ...


async def read_back(
    log: Readable, before: int, after: int = 0, *, subjects: Sequence[str] = (), batch: int = 200
) -> AsyncGenerator[tuple[int, Events], None]:
    """What is stored after one sequence and before another, the newest first; of these subjects only, if any are given.

    Each page comes with the sequence before which the rest stands; a page may be empty. Where little is found windows
    grow, so that rare events of a long log take a few questions. Raises LogUnavailableError.
    """
    width = batch
    while before - 1 > after:
        begin = max(after, before - 1 - width)
        found = await _window(log, begin, before - 1, subjects)
        if found is None:
            width = max(_MOST, width // _GROWTH)
            continue
        before = begin + 1
        yield before, found[::-1]
        width = width * _GROWTH if len(found) < batch else max(width, min(2 * width, _MOST))


async def _window(log: Readable, after: int, upto: int, subjects: Sequence[str]) -> Events | None:
    """None: there is more than one wants to hold."""
    found: Events = []
    async with aclosing(log.read(after, upto, subjects=subjects, batch=min(500, upto - after))) as pages:
        async for events in pages:
            found += events
            if len(found) > _MOST:
                return None
    return found
