"""Webhooks: having one's events sent to another program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from client.http import Http, Params, at
from client.resource import Resource


class Webhook(Resource):
    """``secret`` is there only when it was just made. ``disabled_after``: replay from this place in the log to make good what was missed."""

    id: str
    url: str
    description: str = ""
    filter: dict[str, Any] = {}
    state: str = ""
    reason: str | None = None
    disabled_at: datetime | None = None
    disabled_after: int | None = None
    previous_secret_until: datetime | None = None
    delivered_at: datetime | None = None
    waiting: int = 0
    created_at: datetime | None = None
    secret: str = ""


class WebhookList(Resource):
    items: list[Webhook] = []


class Try(Resource):
    """``status``: what the receiver answered; ``error``: why it did not."""

    number: int
    at: datetime | None = None
    status: int | None = None
    error: str | None = None
    seconds: float = 0.0
    answer: str = ""


class Delivery(Resource):
    """``state``: waiting, delivered, failed or withheld. ``log``: every try; only for a delivery that was asked for by itself."""

    id: str
    event_id: str = ""
    sequence: int = 0
    type: str = ""
    thing: str = ""
    cause: str = ""
    state: str = ""
    tries: int = 0
    next_try_at: datetime | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    log: list[Try] = []


class DeliveryPage(Resource):
    items: list[Delivery] = []
    next_cursor: str | None = None


class Replaying(Resource):
    """Which part of the log is sent again."""

    after: int
    until: int


class WebhookCalls:
    """The client's calls about webhooks."""

    http: Http

    async def create_webhook(
        self,
        url: str,
        wanted: dict[str, Any] | None = None,
        description: str = "",
    ) -> Webhook:
        """Have messages about your own things posted to ``url``, those that are wanted. The secret is in the answer, this once.

        ``wanted``: lists by ``type`` (``task.failed``), ``aggregate``, ``platform``, ``actor``, ``thing``.
        """
        body = {"url": url, "filter": wanted or {}, "description": description}
        return Webhook.read(await self.http.post("/webhooks", body))

    async def webhooks(self) -> WebhookList:
        return WebhookList.read(await self.http.get("/webhooks"))

    async def webhook(self, webhook_id: str) -> Webhook:
        return Webhook.read(await self.http.get(at("webhooks", webhook_id)))

    async def change_webhook(self, webhook_id: str, **changes: Any) -> Webhook:
        """``url``, ``description``, ``filter``, ``enabled``: what is not given stays as it is."""
        return Webhook.read(await self.http.patch(at("webhooks", webhook_id), changes))

    async def delete_webhook(self, webhook_id: str) -> None:
        """With all that was on its way."""
        await self.http.delete(at("webhooks", webhook_id))

    async def rotate_webhook_secret(self, webhook_id: str, overlap_hours: float = 24.0) -> Webhook:
        """A new secret; for so long messages carry signatures of both."""
        return Webhook.read(
            await self.http.post(at("webhooks", webhook_id, "secret"), {"overlap_hours": overlap_hours})
        )

    async def deliveries(self, webhook_id: str, filters: Params | None = None) -> DeliveryPage:
        """Newest first. Filters: state (also a list), limit, cursor."""
        return DeliveryPage.read(await self.http.get(at("webhooks", webhook_id, "deliveries"), filters))

    async def delivery(self, webhook_id: str, delivery_id: str) -> Delivery:
        """One message, with every try."""
        return Delivery.read(await self.http.get(at("webhooks", webhook_id, "deliveries", delivery_id)))

    async def redeliver(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Send a message again, under the same id."""
        path = at("webhooks", webhook_id, "deliveries", delivery_id, "redeliver")
        return Delivery.read(await self.http.post(path))

    async def replay_webhook(self, webhook_id: str, after: int, until: int | None = None) -> Replaying:
        """Send everything that passes the filter again, from a place in the log on."""
        body = {"after": after} if until is None else {"after": after, "until": until}
        return Replaying.read(await self.http.post(at("webhooks", webhook_id, "replay"), body))
