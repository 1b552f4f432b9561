"""From the log into the outbox: what happened, once, in its order; and what somebody asked for again."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final
from uuid import UUID

from api.webhooks import outbox, table
from api.webhooks.desk import Desk
from api.webhooks.outbox import Cause, ReplayRow
from core.events.envelope import Fact, Recorded
from core.nats.log import EventLog
from core.postgres.connection import Connection

MOST_WAITING: Final = 1000
"""A replay puts no more into the outbox than that, and goes on when some has gone out."""
_LOOK_S: Final = 1.0


async def feed(desk: Desk, log: EventLog, news: asyncio.Event) -> None:
    """From the outbox's own checkpoint on; never ends. The events and the checkpoint are stored together, so none is put twice.

    The checkpoint belongs to the api's tables: building the read models anew does not touch it, and so sends nothing.
    """
    last = await log.last_sequence()
    async with desk.writing() as connection:
        after = await outbox.checkpoint(connection, last)
    async with aclosing(log.follow(after)) as pages:
        async for events in pages:
            if events:
                async with desk.writing() as connection:
                    await outbox.put(connection, await _wanted(connection, events), Cause.EVENT)
                    await outbox.advance(connection, events[-1].sequence)
                news.set()


async def _wanted(connection: Connection, events: Sequence[Recorded[Fact]]) -> list[tuple[UUID, Recorded[Fact]]]:
    """Everybody hears of what is theirs."""
    of_account = defaultdict(list)
    for one in await table.listening(connection, list({event.owner for event in events})):
        of_account[one.account].append(one)
    return [
        (one.id, event)
        for event in events
        for one in of_account.get(event.owner, ())
        if event.sequence > one.since and one.filter.passes(event)
    ]


async def replay(desk: Desk, log: EventLog, news: asyncio.Event) -> None:
    """Puts what is asked for into the outbox, piece by piece; never ends."""
    while True:
        async with desk.writing() as connection:
            open_ones = await outbox.replays(connection, MOST_WAITING)
        for one in open_ones:
            await _go_on(desk, log, one)
            news.set()
        if not open_ones:
            await asyncio.sleep(_LOOK_S)


async def _go_on(desk: Desk, log: EventLog, one: ReplayRow) -> None:
    events, reached = await _piece(log, one)
    mine = [(one.webhook, event) for event in events if event.owner == one.account and one.filter.passes(event)]
    async with desk.writing() as connection:
        await outbox.put(connection, mine, Cause.REPLAY)
        await outbox.note_replayed(connection, one, reached)


async def _piece(log: EventLog, one: ReplayRow) -> tuple[list[Recorded[Fact]], int]:
    """Some events, and how far in the log that is."""
    async with aclosing(log.read(one.after, one.until, subjects=one.filter.subjects())) as pages:
        async for events in pages:
            return events, events[-1].sequence
    return [], one.until
