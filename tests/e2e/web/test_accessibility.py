"""What axe-core finds on the pages, in both themes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.web.conftest import MARKUP, Visit
from tests.integration.api.user import Json

AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TABS = ("operators", "types", "timeline", "roofline", "memory", "files", "reproduce", "history")


@pytest.mark.parametrize("dark", [False, True])
async def test_nothing_serious_stands_in_anybodys_way(visit: Visit, named: Json, dark: bool) -> None:
    page = await visit("/runs", dark=dark)
    await expect(page.get_by_role("link", name=MARKUP)).to_be_visible()
    found = await serious(page, "/runs")
    await page.goto(f"/runs/{named['id']}")
    await expect(page.get_by_text("Latency, median")).to_be_visible()
    found += await serious(page, "summary")
    for tab in TABS:
        await page.locator(f'nav a[href$="/{tab}"]').click()
        await expect(page.locator("nav a[aria-current=page]")).to_have_attribute("href", re.compile(tab))
        await expect(page.locator("main .card").first).to_be_visible()
        found += await serious(page, tab)
    assert "\n".join(found) == ""


async def serious(page: Page, where: str) -> list[str]:
    """What axe finds serious or critical on the page as it stands."""
    # Evaluated by the browser's own console, which no policy of the page binds.
    await page.evaluate(AXE.read_text())
    result: dict[str, Any] = await page.evaluate("axe.run()")
    return [
        f"{where}: {one['id']} at {node['target']}: {node['failureSummary'][:200]}"
        for one in result["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"][:3]
    ]
