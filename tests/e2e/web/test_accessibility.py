"""What axe-core finds on the pages of runs, in both themes."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.e2e.web.axe import serious_findings
from tests.e2e.web.conftest import MARKUP, Visit
from tests.integration.api.user import Json

TABS = ("operators", "types", "timeline", "roofline", "memory", "files", "reproduce", "history")


async def test_nothing_serious_stands_in_anybodys_way(visit: Visit, named: Json) -> None:
    page = await visit("/runs")
    await expect(page.get_by_role("link", name=MARKUP)).to_be_visible()
    found = {"runs": await serious_findings(page)}
    await page.goto(f"/runs/{named['id']}")
    await expect(page.get_by_text("Latency, median")).to_be_visible()
    found["summary"] = await serious_findings(page)
    for tab in TABS:
        await page.locator(f'nav a[href$="/{tab}"]').click()
        await expect(page.locator("nav a[aria-current=page]")).to_have_attribute("href", re.compile(tab))
        await expect(page.locator("main .card").first).to_be_visible()
        found[tab] = await serious_findings(page)
    assert {where: what for where, what in found.items() if what} == {}
