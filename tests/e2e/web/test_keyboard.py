"""Every page without a mouse: Tab reaches whatever can be used on it, Enter follows."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import MARKUP, Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)

LISTEN = (
    "() => { window.reached = new Set(); addEventListener('focusin', ({ target }) => window.reached.add(target)); }"
)
EXPECT = """() => {
    const usable = [...document.querySelectorAll("main :is(a[href], button, input, select, textarea, [tabindex])")];
    window.reached.clear();
    window.expected = usable.filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true }));
    document.querySelector("main").focus();
    return window.expected.length;
}"""
"""Of radio buttons of one group only one is a stop."""
MISSED = """() => {
    const groups = new Set([...window.reached].map((one) => one.type === "radio" && one.name).filter(Boolean));
    return window.expected
        .filter((one) => one.isConnected && !window.reached.has(one) && !(one.type === "radio" && groups.has(one.name)))
        .map((one) => one.outerHTML.slice(0, 160));
}"""
AT_ONCE = 10
OPEN = ("/login", "/register", "/password", "/connect", "/nowhere")


async def _missed(page: Page) -> list[str]:
    """What Tab does not come to, from the beginning of the page's content, with much room for what moves meanwhile."""
    await expect(page.locator("main .el-skeleton")).to_have_count(0)
    expected = await page.evaluate(EXPECT)
    missed: list[str] = []
    for _ in range(3 + 3 * expected // AT_ONCE):
        for _ in range(AT_ONCE):
            await page.keyboard.press("Tab")
        missed = await page.evaluate(MISSED)
        if not missed:
            break
    return missed


async def test_tab_reaches_whatever_can_be_used(visit: Visit, named: Json) -> None:
    page = await visit("/runs")
    await page.get_by_role("link", name=named["name"]).wait_for()
    await page.evaluate(LISTEN)
    missed = {}
    for place in await page.locator("header nav a").all():
        where = await place.get_attribute("href") or ""
        await place.press("Enter")
        await page.wait_for_url(f"**{where}*")
        missed[where] = await _missed(page)
    missed |= await _tabs(page)  # the last place is the administration
    await page.get_by_role("button", name="Account: ").press("Enter")
    await page.get_by_role("menuitem").first.press("Enter")
    await page.wait_for_url("**/profile/account")
    missed |= await _tabs(page)
    assert {where: what for where, what in missed.items() if what} == {}


async def test_tab_reaches_whatever_can_be_used_of_a_run_and_its_model(visit: Visit, named: Json) -> None:
    page = await visit("/runs")
    await page.get_by_role("link", name=MARKUP).press("Enter")
    await page.wait_for_url(f"**/runs/{named['id']}")
    await page.evaluate(LISTEN)
    missed = await _tabs(page)
    await page.goto(f"/models/{named['model']['id']}")
    await page.locator("[data-phase=drawn]").wait_for()
    await page.evaluate(LISTEN)
    for tab in await page.get_by_role("tab").all():
        await expect(tab).to_have_attribute("aria-selected", "true")
        missed[await tab.inner_text()] = await _missed(page)
        await tab.press("ArrowRight")
    for path in OPEN:
        await page.goto(path)
        await expect(page.locator("main h1, main h2").first).to_be_visible()
        await page.evaluate(LISTEN)
        missed[path] = await _missed(page)
    assert {where: what for where, what in missed.items() if what} == {}


async def _tabs(page: Page) -> dict[str, list[str]]:
    """What Tab misses on the page and on each of those that its own links lead to, reached by Enter."""
    missed = {}
    for link in await page.locator("main nav a").all():
        where = await link.get_attribute("href") or ""
        await link.press("Enter")
        await page.wait_for_url(f"**{where}")
        missed[where] = await _missed(page)
    return missed
