"""The log as a page: the newest first, narrowed by the address, live, and copied with a check."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect

from client.chain import CheckedLog, checked_events
from tests.e2e.user import User
from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)


async def test_the_log_is_narrowed_followed_and_copied(visit: Visit, user: User, named: Json, examples: Path) -> None:
    page = await visit(f"/events?thing={named['id']}")
    log = page.get_by_role("grid", name="Events")
    rows = log.get_by_role("row")
    await expect(rows.filter(has_text="task.completed")).to_be_visible()
    await log.get_by_text("task.started").click()
    chosen = page.get_by_role("region", name="The chosen event")
    await expect(chosen.locator("pre")).to_contain_text('"engine_build"')
    assert await serious_findings(page) == []
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Copy and check").click()
    copy = await (await downloading.value).path()
    checked = CheckedLog()
    assert {event["subject"].split(".")[-1] for event in checked_events(copy.read_text().splitlines(), checked)} == {
        named["id"]
    }
    await expect(page.get_by_role("status")).to_contain_text(f"{checked.events} events were copied")
    await expect(page.get_by_role("status").locator("pre")).to_have_text(checked.digest)
    await chosen.get_by_role("button", name=re.compile("^Only by ")).click()
    await expect(page).to_have_url(re.compile("actor="))
    await chosen.get_by_role("button", name="Close").click()
    await page.get_by_role("button", name="Show all events").first.click()
    await page.locator("[data-live]").wait_for()
    name = await user.upload("model", examples / "two_inputs.mge")
    await expect(rows.filter(has_text=name[-12:]).first).to_be_visible()


async def test_who_has_done_nothing_is_told_so(visit: Visit) -> None:
    page = await visit("/events?thing=01900000-0000-7000-8000-000000000000", language="zh")
    await expect(page.get_by_role("heading", name="没有匹配的事件")).to_be_visible()
    assert await serious_findings(page) == []
