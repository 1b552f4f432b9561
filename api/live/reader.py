"""What waits for one reader of a live stream: never more than so much."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Reader(Generic[T]):
    """What one stream has yet to tell, at most ``most`` items. ``over``: nothing more will come (it was too slow, or the process ends)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[T] = deque()
        self._news = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def over(self) -> bool:
        return self._ended.is_set()

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    async def ended(self) -> None:
        """Wait for the end."""
        await self._ended.wait()

    async def items(self) -> AsyncIterator[T]:
        while not self.over:
            while self._waiting and not self.over:
                yield self._waiting.popleft()
            if not self.over:
                self._news.clear()
                await self._news.wait()

    async def take(self, most: int, within_s: float) -> list[T]:
        """Up to so many items that wait, or the first that comes in time; none when none came, or it is over."""
        if not self._waiting and not self.over:
            self._news.clear()
            try:
                async with asyncio.timeout(within_s):
                    await self._news.wait()
            except TimeoutError:
                return []
        if self.over:
            return []
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def hand(self, item: T) -> bool:
        """False when there is no room: the reader is too slow and gets nothing more."""
        if len(self._waiting) >= self._most:
            self.end()
            return False
        self._waiting.append(item)
        self._news.set()
        return True

    def end(self) -> None:
        self._waiting.clear()
        self._ended.set()
        self._news.set()
