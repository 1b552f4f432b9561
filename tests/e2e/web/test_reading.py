"""From the list of runs to the profile of one, as a person reads it."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.e2e.user import User
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import MARKUP, Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)


async def test_from_the_list_to_the_slowest_operator(visit: Visit, user: User, named: Json) -> None:
    [slowest] = (await user.http.get(f"/api/v1/tasks/{named['id']}/profile", params={"top": 1})).json()["operators"]
    page = await visit("/runs")
    await page.get_by_role("link", name=MARKUP).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(MARKUP)
    await expect(page.get_by_text("Latency, median")).to_be_visible()
    await page.get_by_role("link", name="Operators", exact=True).click()
    table = page.get_by_role("grid", name="Operators")
    await expect(table.get_by_role("row").nth(1)).to_contain_text(slowest["name"])
    await page.get_by_label("Name, pattern with * or /expression/").fill("no such operator")
    await expect(page.get_by_text("No operator matches")).to_be_visible()
    await page.get_by_role("link", name="By type", exact=True).click()
    groups = page.locator("section", has=page.get_by_role("heading", name="By type and shape of inputs"))
    await expect(groups.get_by_role("row").nth(1)).to_contain_text(slowest["type"])
    assert named["summary"]["totals"]["operators"] > 0


async def test_a_run_is_found_and_opened_by_keyboard(visit: Visit, named: Json) -> None:
    page = await visit("/runs")
    await page.get_by_role("link", name=named["name"]).wait_for()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    grid = page.get_by_role("grid", name="Runs")
    for _ in range(20):
        if await grid.evaluate("it => it === document.activeElement"):
            break
        await page.keyboard.press("Tab")
    await expect(grid).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/runs/*")


async def test_markup_in_a_name_is_text(visit: Visit, named: Json) -> None:
    page = await visit(f"/runs/{named['id']}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(MARKUP)
    assert await page.locator("main img, main b").count() == 0


async def test_filters_stand_in_the_address(visit: Visit, named: Json) -> None:
    page = await visit("/runs?state=failed&q=nothing-is-called-like-this")
    await expect(page.get_by_text("No run matches")).to_be_visible()
    await page.get_by_role("button", name="Show all runs").click()
    await expect(page.get_by_role("link", name=named["name"])).to_be_visible()
    assert page.url.endswith("/runs")


async def test_both_languages(visit: Visit, named: Json) -> None:
    page = await visit(f"/runs/{named['id']}", language="zh")
    await expect(page.get_by_role("link", name="时间线", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.get_by_role("link", name="Timeline", exact=True)).to_be_visible()
    assert await page.get_attribute("html", "lang") == "en"


async def test_a_run_that_is_not_there_says_so(visit: Visit) -> None:
    page = await visit("/runs/01900000-0000-7000-8000-000000000000")
    await expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Request.*[0-9a-f]{8}", re.DOTALL))


async def test_pages_whose_files_do_not_come_are_not_blank(visit: Visit) -> None:
    page = await visit("/login", known=False)
    await page.route("**/assets/*.js", lambda route: route.abort())
    await page.reload()
    await expect(page.get_by_role("alert")).to_contain_text("The pages could not be loaded")


async def test_a_stranger_is_asked_to_log_in(visit: Visit) -> None:
    page = await visit("/runs?state=failed", known=False)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert "next=/runs" in page.url
