"""Webhooks at the command line and in the SDK, against the real api. The receiver does not exist, so every delivery waits."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from client.client import Client
from client.errors import CallerProblemError
from client.webhooks import Delivery
from tests.integration.client.conftest import Run
from tests.integration.client.test_people import ok, submitted

URL = "https://receiver.invalid/hook"


async def test_a_webhook_from_its_beginning_to_its_end(run: Run, client: Client, model: Path) -> None:
    created = await run("webhook", "create", URL, "--type", "task.submitted", "--description", "for a test")
    secret = ok(created).strip()
    assert secret.startswith("whsec_")
    [webhook] = (await client.webhooks()).items
    assert secret not in ok(await run("webhook", "ls", "--json"))
    shown = ok(await run("webhook", "show", webhook.id))
    assert "for a test" in shown
    assert "task.submitted" in shown

    task = await submitted(client, model)
    async with asyncio.timeout(60):
        found: list[Delivery] = []
        while not found:
            await asyncio.sleep(0.1)
            waiting = (await client.deliveries(webhook.id, {"state": ["waiting"]})).items
            found = [one for one in waiting if one.thing == task]  # another test's may be among them
        while not (await client.delivery(webhook.id, found[0].id)).log:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.1)
    assert found[0].type == "task.submitted"
    assert "task.submitted" in ok(await run("webhook", "deliveries", webhook.id, "--state", "waiting"))
    assert "no connection" in ok(await run("webhook", "delivery", webhook.id, found[0].id))
    assert json.loads(ok(await run("webhook", "redeliver", webhook.id, found[0].id, "--json")))["id"] == found[0].id
    assert "is sent again" in ok(await run("webhook", "replay", webhook.id, "--after", str(found[0].sequence - 1)))

    assert ok(await run("webhook", "secret", webhook.id, "--hours", "1")).strip() != secret
    changed = json.loads(ok(await run("webhook", "change", webhook.id, "--disable", "--everything", "--json")))
    assert (changed["state"], changed["reason"], changed["filter"]["type"]) == ("disabled", "asked", [])
    refused = await run("webhook", "redeliver", webhook.id, found[0].id)
    assert (refused.exit_code, "webhook_disabled" in refused.stderr) == (1, True)
    assert (await run("webhook", "change", webhook.id)).exit_code == 2, "without saying what"
    ok(await run("webhook", "rm", webhook.id))
    assert "No webhooks" in ok(await run("webhook", "ls"))
    with pytest.raises(CallerProblemError, match="There is no webhook"):
        await client.webhook(webhook.id)
