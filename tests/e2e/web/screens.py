"""`make screenshots`: every page in both themes, as pictures for people to look at. Not a test: pytest runs it when it is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.web.conftest import Visit
from tests.integration.api.user import Json

FOLDER = Path(__file__).parents[3] / "frontend" / "screenshots"
TABS = ("summary", "operators", "types", "timeline", "roofline", "memory", "files", "reproduce", "share", "history")
PLAIN = (
    *("/runs", "/login", "/register", "/password", "/connect", "/nowhere"),
    *("/profile", "/profile/password", "/profile/sessions", "/profile/keys", "/devices", "/sweeps", "/datasets"),
    *("/admin/users", "/admin/invitations", "/admin/runs", "/admin/runners", "/admin/storage", "/admin/audit"),
)
SETTLED_MS = 1500
"""Charts are drawn after their data is there, and nothing says when."""


@pytest.mark.parametrize("dark", [False, True])
async def test_pictures(visit: Visit, named: Json, dark: bool) -> None:
    FOLDER.mkdir(exist_ok=True)
    page = await visit("/runs", dark=dark, language="zh" if dark else "en")
    pages = {path.strip("/").replace("/", "-"): path for path in PLAIN} | {
        f"run-{tab}": f"/runs/{named['id']}/{tab}" for tab in TABS
    }
    for name, path in pages.items():
        await page.goto(path)
        await expect(page.locator("main *").first).to_be_visible()
        await page.wait_for_timeout(SETTLED_MS)
        await page.screenshot(path=FOLDER / f"{name}-{'dark' if dark else 'light'}.png", full_page=True)
