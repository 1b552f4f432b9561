"""From one tail to many readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from api.accounts.scopes import OF_ROLE
from api.events import fan as fans
from api.events.audience import Audience
from api.events.fan import EventReader, Fan
from api.events.filters import EventFilter
from api.health.numbers import Numbers
from api.identity import Identity
from api.live.tail import Tail
from core.events import account, task
from core.events.account import Role
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, Platform, new_id
from core.events.subjects import account_key, task_key
from tests.unit.projections.facts import OWNERS, TASKS, recorded

QUEUED = task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)
SOMEBODY = Identity(OWNERS[0], "somebody")
ADMIN = Identity(AccountId(new_id()), "admin", Role.ADMIN, OF_ROLE[Role.ADMIN])


class Source(Tail):
    """A tail that tells what a test says. ``seen``: to whom events are shown."""

    def __init__(self) -> None:
        super().__init__(cast(Any, None))
        self.seen = Audience(frozenset({OWNERS[0]}))
        self.known = asyncio.Event()
        self.known.set()
        self._begun.set()

    def tell(self, *sequences: int, fact: Fact = QUEUED) -> None:
        key = account_key(OWNERS[0]) if isinstance(fact, account.RoleChanged) else task_key(Platform.X86, TASKS[0])
        events = [recorded(sequence, key, fact) for sequence in sequences]
        for listener in self._listeners:
            listener(events)

    async def ask(self, events: Sequence[Recorded[Fact]]) -> list[Audience]:
        await self.known.wait()
        return [self.seen] * len(events)


@asynccontextmanager
async def fanning(source: Source, queue: int = 100) -> AsyncIterator[Fan]:
    fan = Fan(source, source.ask, Numbers(), queue=queue)
    running = asyncio.create_task(fan.run())
    await fan.begun()
    yield fan
    running.cancel()
    await asyncio.wait([running])


async def told(reader: EventReader) -> list[int]:
    return [one.sequence for one in await reader.take(100, 0.5)]


async def test_each_hears_what_is_theirs_and_it_is_written_once() -> None:
    source = Source()
    async with fanning(source) as fan:
        readers = [fan.reader(SOMEBODY, EventFilter()) for _ in range(2)]
        stranger = fan.reader(Identity(OWNERS[1], "stranger"), EventFilter())
        other = fan.reader(SOMEBODY, EventFilter(type=["task.failed"]))
        with fan.reading(readers[0]), fan.reading(readers[1]), fan.reading(stranger), fan.reading(other):
            for reader in (*readers, stranger, other):
                fan.go_live(reader)
            source.tell(1, 2)
            first, second = [await reader.take(10, 5) for reader in readers]
            assert [one.sequence for one in first] == [1, 2]
            assert all(one is another for one, another in zip(first, second, strict=True))
            assert stranger.idle
            assert other.idle
            assert fan.sequence == 2


async def test_who_goes_live_hears_everything_after_that() -> None:
    source = Source()
    async with fanning(source) as fan:
        early, late = fan.reader(SOMEBODY, EventFilter()), fan.reader(SOMEBODY, EventFilter())
        with fan.reading(early), fan.reading(late):
            fan.go_live(early)
            source.known.clear()
            source.tell(1)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            fan.go_live(late)  # while it is asked who may see the first one
            assert late.start == 0
            source.known.set()
            assert [await told(reader) for reader in (early, late)] == [[1], [1]]


async def test_administrators_need_not_wait_for_read_models() -> None:
    source = Source()
    source.known.clear()
    async with fanning(source) as fan:
        admin = fan.reader(ADMIN, EventFilter())
        with fan.reading(admin):
            fan.go_live(admin)
            source.tell(1)
            assert await told(admin) == [1]


async def test_who_changes_begins_again() -> None:
    source = Source()
    async with fanning(source) as fan:
        reader = fan.reader(SOMEBODY, EventFilter())
        with fan.reading(reader):
            fan.go_live(reader)
            source.tell(1, fact=account.RoleChanged(role=Role.GUEST))
            await asyncio.wait_for(reader.ended(), 5)


async def test_too_much_that_waits_for_read_models_cuts_all_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fans, "BACKLOG", 10)
    source = Source()
    source.known.clear()
    async with fanning(source) as fan:
        reader = fan.reader(SOMEBODY, EventFilter())
        with fan.reading(reader):
            fan.go_live(reader)
            source.tell(1)
            await asyncio.sleep(0.01)
            source.tell(*range(2, 20))
            assert reader.over
            assert fan.sequence == 19


async def test_closing_ends_everybody() -> None:
    source = Source()
    async with fanning(source) as fan:
        replaying = fan.reader(SOMEBODY, EventFilter())
        with fan.reading(replaying):
            fan.close()
            assert replaying.over
        late = fan.reader(SOMEBODY, EventFilter())
        with fan.reading(late):
            assert late.over
