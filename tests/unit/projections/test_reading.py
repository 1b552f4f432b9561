"""Reading ahead changes nothing but when things are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from projections.reading import ahead


class Source:
    def __init__(self, count: int, fails: bool = False) -> None:
        self.count, self.fails = count, fails
        self.read = 0
        self.closed = False

    async def pages(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(self.count):
                self.read += 1
                yield number
                await asyncio.sleep(0)
            if self.fails:
                raise ValueError("broken")
        finally:
            self.closed = True


async def test_every_page_comes_in_order() -> None:
    assert [page async for page in ahead(Source(50).pages())] == list(range(50))


async def test_no_more_is_read_than_allowed() -> None:
    source = Source(50)
    async with aclosing(ahead(source.pages(), 2)) as pages:
        assert await anext(pages) == 0
        for _ in range(20):
            await asyncio.sleep(0)
        assert 3 <= source.read <= 4
    assert source.closed


async def test_what_was_read_before_a_failure_comes_before_it() -> None:
    pages = ahead(Source(3, fails=True).pages(), 10)
    assert [await anext(pages) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="broken"):
        await anext(pages)
