"""From the outbox to the receivers."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog

from api.accounts.scopes import OF_ROLE
from api.commands import now
from api.events.audience import audiences
from api.events.resources import MEDIA_TYPE, EventResource
from api.identity import Identity
from api.parts import Parts
from api.webhooks import outbox, signing, table
from api.webhooks.desk import Desk
from api.webhooks.outbox import Due, Progress
from api.webhooks.schedule import Schedule
from api.webhooks.sealing import Sealer, SealError
from api.webhooks.sending import Answer, Sender
from api.webhooks.table import DisabledReason, Target
from core.domain.account import Standing
from core.events.envelope import Fact, Recorded
from core.nats.log import LogUnavailableError
from core.spans.span import Attributes, Kind, of_event, span
from core.trace import Point

logger = structlog.get_logger(__name__)

AGAIN_S: Final = 1.0
"""After something of ours was not there."""
_SEALED_S: Final = 30.0
"""After a secret could not be opened."""
_LOOK_S: Final = 1.0
SHARE: Final = 8
"""No account has more than this part of all deliveries that are under way: its receivers may hang."""


class Courier:
    """``news``: something may be due."""

    def __init__(self, parts: Parts, desk: Desk, sender: Sender, news: asyncio.Event) -> None:
        settings = parts.settings.webhooks
        self._parts, self._desk, self._sender, self._news = parts, desk, sender, news
        self._schedule, self._sealer = Schedule.of(settings), Sealer.of(settings)
        self._most, self._of_each = settings.at_once, max(1, settings.at_once // SHARE)
        self._under_way: set[UUID] = set()
        self._of_account: Counter[UUID] = Counter()

    async def run(self) -> None:
        """Never ends. Raises what the database says when it is away."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                for delivery in await self._due():
                    self._begin(delivery)
                    group.create_task(self._deliver(delivery), name="webhook")
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await self._news.wait()

    async def _due(self) -> list[Due]:
        async with self._desk.writing() as connection:
            found = await outbox.due(connection, list(self._under_way), self._of_each)
        taken: list[Due] = []
        planned = self._of_account.copy()
        for delivery in found:
            if len(self._under_way) + len(taken) < self._most and planned[delivery.account] < self._of_each:
                planned[delivery.account] += 1
                taken.append(delivery)
        return taken

    def _begin(self, delivery: Due) -> None:
        self._under_way.add(delivery.id)
        self._of_account[delivery.account] += 1

    async def _deliver(self, delivery: Due) -> None:
        try:
            await self._carry(delivery)
        finally:
            self._under_way.discard(delivery.id)
            self._of_account[delivery.account] -= 1
            self._news.set()

    async def _carry(self, delivery: Due) -> None:
        # First the event: whoever waits for it to be known sees the account as it is after it.
        event = await self._event(delivery)
        target = await table.target(self._parts.pool, delivery.webhook)
        if target is None or event is None:
            async with self._desk.writing() as connection:
                await outbox.postpone(connection, delivery, AGAIN_S)
        elif (keys := self._keys(target)) is None:
            async with self._desk.writing() as connection:
                await outbox.postpone(connection, delivery, _SEALED_S)
        elif await self._may_see(target, event):
            await self._send(delivery, target, event, keys)
        else:
            async with self._desk.writing() as connection:
                await outbox.end(connection, delivery, now(), Progress.WITHHELD)

    async def _event(self, delivery: Due) -> Recorded[Fact] | None:
        """None while the log, or what the read models make of the event, is not there."""
        try:
            event = await self._parts.log.event(delivery.sequence)
        except LogUnavailableError as error:
            logger.warning("a webhook waits for the log", action="webhook_waits", error=str(error))
            return None
        reached = await self._parts.position.reached(delivery.sequence, self._parts.settings.api_freshness_s)
        return event if reached else None

    async def _may_see(self, target: Target, event: Recorded[Fact]) -> bool:
        """As of now, not of when it happened."""
        if target.standing is not Standing.ACTIVE:
            return False
        who = Identity(target.account, "", target.role, OF_ROLE[target.role], "key")
        [audience] = await audiences(self._parts.pool, [event])
        return audience.admits(who)

    def _keys(self, target: Target) -> list[str] | None:
        """What signs now, the newest first. None while it cannot be opened: another process may have the key, or have it soon."""
        try:
            return [self._sealer.unseal(one, target.id) for one in target.keys(now())]
        except SealError as error:
            logger.warning("a webhook cannot be signed for", action="webhook_sealed", error=str(error))
            return None

    async def _send(self, delivery: Due, target: Target, event: Recorded[Fact], keys: list[str]) -> None:
        at, body = now(), EventResource.of(event).structured()
        headers = {
            "content-type": MEDIA_TYPE,
            "user-agent": "mgeprof-webhooks",
            **signing.headers(str(delivery.event_id), at, body, keys),
        }
        about: Attributes = {"mgeprof.webhook": target.id, "mgeprof.event": event.name}
        above = Point(event.correlation_id, of_event(event.id))
        with span("webhook", at=above, kind=Kind.CLIENT, attributes=about) as telling:
            answer = await self._sender.post(target.url, headers, body.encode())
            if telling is not None:
                telling.failed = not answer.accepted
        self._parts.numbers.webhook_tries.labels("accepted" if answer.accepted else "failed").inc()
        async with self._desk.writing() as connection:
            await outbox.note_try(connection, delivery, at, answer)
            if answer.accepted:
                await outbox.end(connection, delivery, at, Progress.DELIVERED)
                await table.note_delivered(connection, delivery.webhook)
                return
            first, tries = delivery.first_tried_at or at, delivery.tries + 1
            again = self._schedule.next_at(tries, first, now(), answer.retry_after_s)
            if answer.gone:
                await table.disable(connection, delivery.webhook, DisabledReason.GONE)
            if again is not None or answer.gone:
                await outbox.put_off(connection, delivery, at, again or now())
                return
            await outbox.end(connection, delivery, at, Progress.FAILED)
            await table.disable_failing(connection, delivery.webhook, first)
        self._tell_given_up(delivery, answer)

    def _tell_given_up(self, delivery: Due, answer: Answer) -> None:
        told = {"webhook": str(delivery.webhook), "delivery": str(delivery.id), "tries": delivery.tries + 1}
        logger.warning("a delivery was given up", action="webhook_given_up", status=answer.status, **told)
