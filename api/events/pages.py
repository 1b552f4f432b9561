"""Pages of the log, from either end, with what the caller may see."""

from collections.abc import Sequence
from typing import Final

from api.events.audience import audiences
from api.events.query import EventQuery
from api.events.resources import EventPage, EventResource
from api.freshness import wait_for_sequence
from api.identity import Identity
from api.parts import Parts
from core.events.envelope import Fact, Recorded
from core.nats.backward import read_back
from core.nats.log import EventLog

_SCAN: Final = 10_000
"""Events that are looked through for one page at the most: who sees few of them gets small pages, and none takes for ever."""


async def oldest_first(parts: Parts, who: Identity, query: EventQuery) -> EventPage:
    after, before = await _bounds(parts.log, query)
    found: list[EventResource] = []
    scanned = 0
    pages = parts.log.read(after, before - 1, subjects=query.subjects(), batch=min(500, 4 * query.limit))
    async for events in pages:
        for event in await visible(parts, who, [event for event in events if query.passes(event)]):
            found.append(EventResource.of(event))
            if len(found) == query.limit:
                return EventPage(items=found, next_after=event.sequence, more=event.sequence + 1 < before)
        after, scanned = events[-1].sequence, scanned + len(events)
        if scanned >= _SCAN:
            return EventPage(items=found, next_after=after, more=after + 1 < before)
    return EventPage(items=found, next_after=max(after, before - 1), more=False)


async def newest_first(parts: Parts, who: Identity, query: EventQuery) -> EventPage:
    after, before = await _bounds(parts.log, query)
    found: list[EventResource] = []
    scanned = 0
    pages = read_back(parts.log, before, after, subjects=query.subjects(), batch=min(500, 4 * query.limit))
    async for begin, events in pages:
        for event in await visible(parts, who, [event for event in events if query.passes(event)]):
            found.append(EventResource.of(event))
            if len(found) == query.limit:
                return EventPage(items=found, next_before=event.sequence, more=event.sequence - 1 > after)
        scanned += len(events)
        if scanned >= _SCAN:
            return EventPage(items=found, next_before=begin, more=begin - 1 > after)
    return EventPage(items=found, next_before=min(before, after + 1), more=False)


async def visible(parts: Parts, who: Identity, events: Sequence[Recorded[Fact]]) -> list[Recorded[Fact]]:
    """Raises RefusedError with ``not_fresh_yet`` when the read models do not get there in time: who may see events is not known then."""
    if who.is_admin or not events:
        return list(events)
    await wait_for_sequence(parts, max(event.sequence for event in events))
    allowed = await audiences(parts.pool, events)
    return [event for event, audience in zip(events, allowed, strict=True) if audience.admits(who)]


async def _bounds(log: EventLog, query: EventQuery) -> tuple[int, int]:
    """The sequences after which and before which events are asked for; the log as it is now."""
    after, before = query.after, await log.last_sequence() + 1
    if query.before is not None:
        before = min(before, query.before)
    if query.since is not None:
        after = max(after, await log.sequence_before(query.since))
    if query.until is not None:
        before = min(before, await log.sequence_before(query.until) + 1)
    return after, before
