"""``/webhooks/{id}/deliveries``: what was sent, what came of it, and how to have it sent again."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, status

from api.access import Caller
from api.accounts.pace import PacedWebhook
from api.commands import IdempotencyKey, command_id
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.parts import PartsOf
from api.routing import router_at
from api.webhooks import outbox
from api.webhooks.resources import (
    DeliveryDetail,
    DeliveryPage,
    DeliveryQuery,
    DeliveryResource,
    NewReplay,
    Replaying,
)
from api.webhooks.routes import mine
from api.webhooks.table import WebhookRow, WebhookState
from core.domain.told import Told
from projections.paging import Cursors

router = router_at("/webhooks/{webhook_id}", tag="webhooks")

MOST_REPLAYS: Final = 5
"""Of one webhook at a time."""


@dataclass(frozen=True)
class _Place:
    place: int


_CURSORS: Final = Cursors(_Place)


@router.get("/deliveries", responses=documented("webhook_unknown", "invalid_cursor"))
async def list_deliveries(
    webhook_id: UUID, caller: Caller, parts: PartsOf, query: Annotated[DeliveryQuery, Query()]
) -> DeliveryPage:
    """What waits and what was sent, the newest first. What has ended is kept for some weeks."""
    await mine(parts, caller, webhook_id)
    before = None if query.cursor is None else _CURSORS.read(query.cursor).place
    rows = await outbox.page(parts.pool, webhook_id, query.state, before, query.limit + 1)
    shown = rows[: query.limit]
    more = len(rows) > query.limit
    return DeliveryPage(
        items=[DeliveryResource.of(row) for row in shown],
        next_cursor=_CURSORS.write(_Place(shown[-1].place)) if more else None,
    )


@router.get("/deliveries/{delivery_id}", responses=documented("webhook_unknown", "delivery_unknown"))
async def get_delivery(webhook_id: UUID, delivery_id: UUID, caller: Caller, parts: PartsOf) -> DeliveryDetail:
    """One message, with every try to deliver it."""
    await mine(parts, caller, webhook_id)
    row = await outbox.delivery(parts.pool, webhook_id, delivery_id)
    if row is None:
        raise _unknown(delivery_id)
    return DeliveryDetail.told(row, await outbox.tries_of(parts.pool, delivery_id))


@router.post(
    "/deliveries/{delivery_id}/redeliver",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[PacedWebhook],
    responses=documented("webhook_unknown", "delivery_unknown", "webhook_disabled", "rate_limited"),
)
async def redeliver(
    webhook_id: UUID, delivery_id: UUID, caller: Caller, parts: PartsOf, key: IdempotencyKey = None
) -> DeliveryResource:
    """Send a message again, under its old `webhook-id`; of one that still waits the next try comes now."""
    _check_enabled(await mine(parts, caller, webhook_id))
    if await outbox.delivery(parts.pool, webhook_id, delivery_id) is None:
        raise _unknown(delivery_id)
    command = command_id(caller, f"POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", key)
    row = await outbox.delivery(parts.pool, webhook_id, await outbox.redeliver(parts.pool, delivery_id, command))
    if row is None:
        raise _unknown(delivery_id)
    return DeliveryResource.of(row)


@router.post(
    "/replay",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[PacedWebhook],
    responses=documented(
        "webhook_unknown", "webhook_disabled", "rate_limited", "too_many_replays", "broker_unavailable"
    ),
)
async def replay_webhook(
    webhook_id: UUID, asked: NewReplay, caller: Caller, parts: PartsOf, key: IdempotencyKey = None
) -> Replaying:
    """Send everything that fits the webhook's filter again, from a place in the log on. Messages keep their `webhook-id`."""
    _check_enabled(await mine(parts, caller, webhook_id))
    if await outbox.replays_of(parts.pool, webhook_id) >= MOST_REPLAYS:
        raise RefusedError("too_many_replays", "Several replays of this webhook are under way.")
    last = await parts.log.last_sequence()
    until = last if asked.until is None else min(asked.until, last)
    command = command_id(caller, f"POST /webhooks/{webhook_id}/replay", key)
    if asked.after < until:
        await outbox.ask_replay(parts.pool, webhook_id, command, asked.after, until)
    return Replaying(after=asked.after, until=until)


def _check_enabled(row: WebhookRow) -> None:
    if row.state is WebhookState.DISABLED:
        raise RefusedError("webhook_disabled", Told("The webhook {webhook} is disabled.", webhook=row.id))


def _unknown(delivery_id: UUID) -> RefusedError:
    return RefusedError("delivery_unknown", Told("There is no delivery {delivery_id}.", delivery_id=delivery_id))
