"""Reading a log backwards, window by window."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Sequence
from fnmatch import fnmatch
from uuid import UUID

import pytest

from core.events.envelope import Fact, Recorded
from core.events.ids import ModelId, Platform, TaskId
from core.events.model import Uploaded
from core.events.subjects import AggregateKey, model_key, task_key
from core.nats.backward import Events, read_back
from core.nats.log import EventLog
from tests.unit.projections.facts import DIGEST, recorded

RARE, COMMON = task_key(Platform.X86, TaskId(UUID(int=1))), model_key(ModelId(UUID(int=2)))


class Stored(EventLog):
    """``asked``: how often a window was read. What one window hands out never exceeds what its batch allows."""

    def __init__(self, keys: Sequence[AggregateKey]) -> None:
        fact = Uploaded(sha256=DIGEST, size=1)
        self.events: list[Recorded[Fact]] = [recorded(number, key, fact) for number, key in enumerate(keys, 1)]
        self.asked = 0

    async def read(
        self, after: int, upto: int | None = None, *, subjects: Sequence[str] = (), batch: int = 500
    ) -> AsyncGenerator[Events, None]:
        self.asked += 1
        found = [
            event
            for event in self.events[after:upto]
            if not subjects or any(fnmatch(event.key.subject("x"), one) for one in subjects)
        ]
        for begin in range(0, len(found), batch):
            yield found[begin : begin + batch]


@pytest.mark.parametrize("seed", range(20))
async def test_everything_between_comes_once_and_the_newest_first(seed: int) -> None:
    chance = random.Random(seed)
    keys = [RARE if chance.random() < chance.choice([0.001, 0.5]) else COMMON for _ in range(chance.randrange(3000))]
    stored = Stored(keys)
    after, before = chance.randrange(len(keys) + 1), chance.randrange(len(keys) + 2)
    subjects = chance.choice([[], ["task.*"], ["model.*", "task.*"]])
    found, reached = [], before
    async for place, events in read_back(stored, before, after, subjects=subjects, batch=chance.choice([1, 7, 200])):
        assert all(place <= event.sequence < reached for event in events)
        reached = place
        found += [event.sequence for event in events]
    wanted = [
        number
        for number, key in enumerate(keys, 1)
        if after < number < before and (not subjects or f"{key.aggregate}.*" in subjects)
    ]
    assert found == wanted[::-1]
    assert reached == (after + 1 if before - 1 > after else before)


async def test_a_rare_thing_in_a_long_log_takes_few_questions() -> None:
    stored = Stored([RARE, *[COMMON] * 100_000, RARE])
    found = [event.sequence async for _, page in read_back(stored, 100_003, subjects=["task.*"]) for event in page]
    assert found == [100_002, 1]
    assert stored.asked < 8
