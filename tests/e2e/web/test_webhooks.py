"""Webhooks on the profile page, and the page that says what they send."""

from __future__ import annotations

import re

from playwright.async_api import expect

from core.events.catalogue import EVENT_NAMES
from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit

expect.set_options(timeout=PATIENCE_MS)

URL = "https://receiver.invalid/hook"


async def test_a_webhook_is_made_looked_at_and_deleted(visit: Visit) -> None:
    page = await visit("/profile/webhooks")
    await expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible()
    await page.get_by_label("Address").fill("https://127.0.0.1/")
    await page.get_by_role("button", name="Make the webhook").click()
    await expect(page.get_by_role("alert")).to_contain_text("not on the public internet")
    await page.get_by_label("Address").fill(URL)
    await page.get_by_text("task.failed", exact=True).click()
    await page.get_by_role("button", name="Make the webhook").click()
    await expect(page.locator("pre")).to_have_text(re.compile("^whsec_"))
    card = page.get_by_role("region", name=URL)
    await expect(card).to_contain_text("task.failed")
    await card.get_by_role("button", name="Messages").click()
    await expect(card).to_contain_text("Nothing was sent yet.")
    await page.mouse.move(1, 1)  # a button under the pointer has colours of its own for as long
    found = await serious_findings(page)
    await card.get_by_role("button", name="Disable").click()
    await expect(card.get_by_role("button", name="Enable")).to_be_visible()
    await card.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible()
    assert not found


async def test_the_page_of_events_needs_nothing_but_itself(visit: Visit) -> None:
    for dark in (False, True):
        page = await visit("/api/v1/asyncapi", dark=dark)
        await expect(page.get_by_role("heading", name="Ways")).to_be_visible()
        assert await page.locator("h3 code").count() == len(EVENT_NAMES)
        await page.get_by_role("link", name="task.completed", exact=True).click()
        await expect(page.locator("#task\\.completed")).to_be_in_viewport()
        assert await serious_findings(page) == []
        assert await page.evaluate("getComputedStyle(document.body).maxWidth") != "none", "the style is there"
