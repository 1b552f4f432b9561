"""Gathering changes nothing but how many events come at once. Where a test's answer is "at once", waiting would take it a minute."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.gathering import Patience, gathered

LONG = 60.0
WAITS = Patience(passing=LONG, crowd=LONG, lull=LONG, crowd_size=4, crowd_rate=0.0)
"""As long as anything is to be waited for."""
SHORT = Patience(passing=0.01, crowd=0.01, lull=0.01, crowd_size=4, crowd_rate=0.0)


class Source:
    """Pages that come when they are told to. Odd numbers pass."""

    def __init__(self) -> None:
        self._pages: asyncio.Queue[list[int] | Exception | None] = asyncio.Queue()
        self.closed = False

    def give(self, *pages: list[int] | Exception | None) -> None:
        for page in pages:
            self._pages.put_nowait(page)

    async def pages(self) -> AsyncGenerator[list[int], None]:
        try:
            while (page := await self._pages.get()) is not None:
                if isinstance(page, Exception):
                    raise page
                yield page
        finally:
            self.closed = True

    def gathered(self, patience: Patience, most: int = 100) -> AsyncGenerator[list[int], None]:
        return gathered(self.pages(), lambda number: number % 2 == 1, most, patience)


async def test_what_does_not_pass_comes_at_once() -> None:
    source = Source()
    source.give([2], [1, 4])
    async with asyncio.timeout(5), aclosing(source.gathered(WAITS)) as pages:
        assert await anext(pages) == [2]
        assert await anext(pages) == [1, 4]


async def test_what_passes_waits_for_what_does_not() -> None:
    source = Source()
    source.give([1], [3], [4], [6])
    async with asyncio.timeout(5), aclosing(source.gathered(WAITS)) as pages:
        assert await anext(pages) == [1, 3, 4]
        assert await anext(pages) == [6]


async def test_what_passes_does_not_wait_for_ever() -> None:
    source = Source()
    source.give([1])
    async with asyncio.timeout(5), aclosing(source.gathered(SHORT)) as pages:
        assert await anext(pages) == [1]
        source.give([2])  # is being asked for already
        assert await anext(pages) == [2]


async def test_what_passes_waits_less_than_a_crowd() -> None:
    source = Source()
    source.give([1])
    async with asyncio.timeout(5), aclosing(source.gathered(Patience(passing=0.01, crowd=LONG, lull=LONG))) as pages:
        assert await anext(pages) == [1]


async def test_after_a_crowd_all_wait_for_more() -> None:
    source = Source()
    source.give([2, 4, 6, 8], [10], [12, 14], [16])
    async with asyncio.timeout(5), aclosing(source.gathered(WAITS, most=4)) as pages:
        assert await anext(pages) == [2, 4, 6, 8]
        assert await anext(pages) == [10, 12, 14, 16]


async def test_when_nobody_comes_the_crowd_is_over() -> None:
    source = Source()
    source.give([2, 4, 6, 8], [10])
    short = Patience(passing=LONG, crowd=LONG, lull=0.01, crowd_size=4, crowd_rate=0.0)
    async with asyncio.timeout(5), aclosing(source.gathered(short)) as pages:
        assert [await anext(pages), await anext(pages)] == [[2, 4, 6, 8], [10]]
        source.give([12], [14])
        assert await anext(pages) == [12], "one event is no crowd"


async def test_a_crowd_that_is_waited_for_has_to_be_quick() -> None:
    source = Source()
    source.give([2, 4, 6, 8], [10, 12, 14, 16])
    slow = Patience(passing=LONG, crowd=0.05, lull=LONG, crowd_size=4, crowd_rate=100)
    async with asyncio.timeout(5), aclosing(source.gathered(slow)) as pages:
        assert [await anext(pages) for _ in range(2)] == [[2, 4, 6, 8], [10, 12, 14, 16]]
        source.give([18], [20])
        assert await anext(pages) == [18], "four in a twentieth of a second are no crowd of a hundred a second"


async def test_silence_is_handed_on_and_ends_the_waiting() -> None:
    source = Source()
    source.give([], [1], [], [2])
    async with asyncio.timeout(5), aclosing(source.gathered(WAITS)) as pages:
        assert [await anext(pages) for _ in range(4)] == [[], [1], [], [2]]


async def test_what_came_before_a_failure_comes_before_it() -> None:
    source = Source()
    source.give([1], ValueError("broken"))
    async with asyncio.timeout(5):
        pages = source.gathered(WAITS)
        assert await anext(pages) == [1]
        with pytest.raises(ValueError, match="broken"):
            await anext(pages)


async def test_nothing_is_read_on_once_it_is_closed() -> None:
    source = Source()
    source.give([1])
    async with asyncio.timeout(5):
        async with aclosing(source.gathered(SHORT)) as pages:
            assert await anext(pages) == [1]
        assert source.closed


@given(st.lists(st.lists(st.integers(), max_size=6), max_size=12), st.integers(1, 8))
async def test_every_event_comes_once_and_in_its_order(given_pages: list[list[int]], most: int) -> None:
    source = Source()
    source.give(*given_pages, None)
    found = [page async for page in source.gathered(SHORT, most)]
    assert [number for page in found for number in page] == [number for page in given_pages for number in page]
    assert all(len(page) <= max(most, *map(len, given_pages)) for page in found)
