import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from core.events.ids import TaskId
from core.protocol.live import LiveMessage, LogLines, Phase, PhaseBegan
from runner.live import LiveFeed
from tests.unit.runner.orders import ref

BROKERS_LIMIT = 2**20
"""The largest message that a broker takes unless told otherwise."""


@dataclass
class Shown:
    """``before`` runs before each message is through."""

    messages: list[LiveMessage] = field(default_factory=list)
    before: Callable[[], Awaitable[object]] = field(default=lambda: asyncio.sleep(0))

    async def show(self, task: TaskId, message: LiveMessage) -> None:
        await self.before()
        assert task == ref().task
        self.messages.append(message)

    @property
    def lines(self) -> list[tuple[int, str]]:
        """With the number that a follower gives each."""
        return [
            (message.n + index, line)
            for message in self.messages
            if isinstance(message, LogLines)
            for index, line in enumerate(message.lines)
        ]


async def test_phases_and_lines_arrive_in_their_order_with_their_numbers() -> None:
    shown = Shown()
    feed = LiveFeed(shown, ref(attempt=2))
    feed.phase(Phase.LOADING)
    feed.phase(Phase.TIMING)
    for n in (1, 2, 3):
        feed.line(f"line {n}")
    await asyncio.sleep(0)
    await feed.close()
    phases = [message.phase for message in shown.messages if isinstance(message, PhaseBegan)]
    assert phases == [Phase.LOADING, Phase.TIMING]
    assert shown.lines == [(1, "line 1"), (2, "line 2"), (3, "line 3")]
    assert {message.attempt for message in shown.messages} == {2}


@pytest.mark.parametrize("line", ["x", "\\" * 4096, '"' * 4096, "\u754c" * 1365, "x" * 4096])
async def test_a_flood_of_lines_is_cut_to_what_one_message_holds(line: str) -> None:
    shown = Shown()
    feed = LiveFeed(shown, ref())
    for _ in range(5_000):
        feed.line(line)
    await feed.close()
    (message,) = shown.messages
    assert isinstance(message, LogLines)
    assert 20 < len(message.lines) <= 500
    assert len(message.model_dump_json().encode()) < BROKERS_LIMIT


async def test_numbers_stay_true_when_lines_were_dropped() -> None:
    shown = Shown()
    feed = LiveFeed(shown, ref())
    for n in range(1, 601):
        feed.line(f"{n}")
    feed.line("y" * 2**18)
    feed.line("after the long one")
    await feed._send()
    feed.line("the next")
    await feed.close()
    assert shown.lines == [*((n, f"{n}") for n in range(1, 501)), (603, "the next")]


async def test_a_line_that_is_too_long_for_any_message_takes_what_follows_with_it_until_the_next_sending() -> None:
    shown = Shown()
    feed = LiveFeed(shown, ref())
    feed.line("first")
    feed.line("y" * (2**18 + 1))
    feed.line("third")
    await feed._send()
    feed.line("fourth")
    await feed.close()
    assert shown.lines == [(1, "first"), (4, "fourth")]


async def test_a_link_that_hangs_holds_nothing_up() -> None:
    shown = Shown(before=asyncio.Event().wait)
    feed = LiveFeed(shown, ref())
    for n in range(2_000):
        feed.phase(Phase.TIMING)
        feed.line(f"{n}")
        await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await feed.close()
    assert shown.messages == []
