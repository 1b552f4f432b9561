"""``/webhooks``: where one's events are sent to."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from uuid import UUID

from fastapi import Response, status
from pydantic import HttpUrl

from api.access import Caller
from api.accounts.pace import PacedWebhook
from api.commands import IdempotencyKey, command_id, now
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.webhooks import signing, table
from api.webhooks.addresses import is_public, is_within
from api.webhooks.resources import (
    MadeWebhook,
    NewSecret,
    NewWebhook,
    WebhookChange,
    WebhookList,
    WebhookResource,
)
from api.webhooks.sealing import Sealer, SealError
from api.webhooks.table import DisabledReason, TooManyError, WebhookRow, WebhookState
from core.domain.told import Told
from core.events.account import Role
from core.events.ids import new_id

router = router_at("/webhooks", tag="webhooks")


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[PacedWebhook],
    responses=documented(
        "too_many_webhooks",
        "rate_limited",
        "webhook_url_refused",
        "webhooks_not_offered",
        "guests_refused",
        "idempotency_key_reused",
        "broker_unavailable",
    ),
)
async def create_webhook(
    new: NewWebhook, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> MadeWebhook:
    """Have messages about your own things sent to an address. The answer holds the secret that signs them, this once.

    After an answer that got lost, ask again with the same ``Idempotency-Key``: it is the same webhook, with the same secret.
    """
    if caller.role is Role.GUEST:
        raise RefusedError("guests_refused", "Guests have no webhooks.")
    _check_url(parts, new.url)
    command = command_id(caller, "POST /webhooks", key)
    id_, since = new_id(), await parts.log.last_sequence()
    secret = _sealed(parts, signing.new_secret(), id_)
    wanted = table.NewWebhook(id_, caller.account, str(new.url), new.description, new.filter, secret, since)
    try:
        row = await table.insert(parts.pool, wanted, command, parts.settings.webhooks.most)
    except TooManyError as error:
        told = Told("An account has at most {most} webhooks.", most=parts.settings.webhooks.most)
        raise RefusedError("too_many_webhooks", told) from error
    if row is None:
        raise RefusedError("idempotency_key_reused", "The key belongs to another webhook.")
    return _with_secret(parts, row, response)


@router.get("", responses=documented())
async def list_webhooks(caller: Caller, parts: PartsOf) -> WebhookList:
    """Your webhooks, the oldest first."""
    return WebhookList(
        items=[WebhookResource.of(row, now()) for row in await table.of_account(parts.pool, caller.account)]
    )


@router.get("/{webhook_id}", responses=documented("webhook_unknown"))
async def get_webhook(webhook_id: UUID, caller: Caller, parts: PartsOf) -> WebhookResource:
    return WebhookResource.of(await mine(parts, caller, webhook_id), now())


@router.patch("/{webhook_id}", responses=documented("webhook_unknown", "webhook_url_refused", "broker_unavailable"))
async def change_webhook(webhook_id: UUID, change: WebhookChange, caller: Caller, parts: PartsOf) -> WebhookResource:
    """Change where it goes and what it hears of, disable it, or enable it again: then what waited for it goes on.

    What happened while it was disabled was not kept for it; ask for a replay.
    """
    row = await mine(parts, caller, webhook_id)
    if change.url is not None:
        _check_url(parts, change.url)
        row = replace(row, url=str(change.url))
    if change.description is not None:
        row = replace(row, description=change.description)
    if change.filter is not None:
        row = replace(row, filter=change.filter)
    await table.change(parts.pool, row)
    if change.enabled is True and row.state is WebhookState.DISABLED:
        await table.enable(parts.pool, webhook_id, await parts.log.last_sequence())
    elif change.enabled is False:
        await table.disable(parts.pool, webhook_id, DisabledReason.ASKED)
    return WebhookResource.of(await mine(parts, caller, webhook_id), now())


@router.delete("/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT, responses=documented("webhook_unknown"))
async def delete_webhook(webhook_id: UUID, caller: Caller, parts: PartsOf) -> None:
    """With all that was on its way."""
    if not await table.delete(parts.pool, caller.account, webhook_id):
        raise unknown(webhook_id)


@router.post("/{webhook_id}/secret", responses=documented("webhook_unknown", "webhooks_not_offered"))
async def rotate_secret(
    webhook_id: UUID, asked: NewSecret, caller: Caller, parts: PartsOf, response: Response
) -> MadeWebhook:
    """Make a new secret. For a while every message carries two signatures, so that the receiver can change over in peace."""
    until = now() + timedelta(hours=asked.overlap_hours)
    secret = _sealed(parts, signing.new_secret(), webhook_id)
    if not await table.rotate(parts.pool, caller.account, webhook_id, secret, until):
        raise unknown(webhook_id)
    return _with_secret(parts, await mine(parts, caller, webhook_id), response)


async def mine(parts: Parts, caller: Caller, webhook_id: UUID) -> WebhookRow:
    """Raises RefusedError with ``webhook_unknown``, also for others' webhooks."""
    found = await table.of_account(parts.pool, caller.account, webhook_id)
    if not found:
        raise unknown(webhook_id)
    return found[0]


def unknown(webhook_id: UUID) -> RefusedError:
    return RefusedError("webhook_unknown", Told("There is no webhook {webhook_id}.", webhook_id=webhook_id))


def _sealed(parts: Parts, secret: str, webhook_id: UUID) -> str:
    """Raises RefusedError with ``webhooks_not_offered``."""
    try:
        return Sealer.of(parts.settings.webhooks).seal(secret, webhook_id)
    except SealError as error:
        raise RefusedError("webhooks_not_offered", "This server has no key to keep secrets with.") from error


def _with_secret(parts: Parts, row: WebhookRow, response: Response) -> MadeWebhook:
    """Raises RefusedError with ``webhooks_not_offered``."""
    try:
        secret = Sealer.of(parts.settings.webhooks).unseal(row.secret, row.id)
    except SealError as error:
        raise RefusedError("webhooks_not_offered", "Its secret was sealed with another key.") from error
    response.headers["Cache-Control"] = "no-store"
    return MadeWebhook.told(row, now(), secret)


def _check_url(parts: Parts, url: HttpUrl) -> None:
    """What can be said before anything is sent; the address itself is looked at with every connection.

    Raises RefusedError with ``webhook_url_refused``.
    """
    networks = parts.settings.webhooks.networks
    if url.scheme != "https" and not networks:
        raise RefusedError("webhook_url_refused", "Receivers are spoken to with https here.")
    try:
        address = ip_address((url.host or "").strip("[]"))
    except ValueError:
        return  # a name
    if not is_within(address, networks) and not is_public(address):
        raise RefusedError("webhook_url_refused", Told("{address} is not on the public internet.", address=address))
