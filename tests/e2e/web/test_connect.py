"""The link that `mgeprof up` prints."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from infra.cli.connect_link import connect_link
from infra.embedded.stack import Stack
from tests.e2e.conftest import MakeUser
from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit

expect.set_options(timeout=PATIENCE_MS)


async def test_a_link_connects_one_browser_once_and_leaves_no_key_in_it(browser: Browser, stack: Stack) -> None:
    link = await connect_link(stack)
    assert link is not None
    assert stack.services.secrets.token not in link
    context, stranger = await browser.new_context(), await browser.new_context()
    page = await context.new_page()
    await page.goto(link)
    await page.wait_for_url("**/runs")
    assert "mgl_" not in await page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}]) + document.cookie"
    )
    await page.reload()
    await page.get_by_role("button", name="local").wait_for()
    again = await stranger.new_page()
    await again.goto(link)
    await again.get_by_text("The link is not valid").first.wait_for()
    assert "token" not in again.url
    await context.close()
    await stranger.close()


async def test_a_key_is_traded_for_a_session_and_not_kept(visit: Visit, make_user: MakeUser) -> None:
    person = await make_user()
    key = person.http.headers["Authorization"].removeprefix("Bearer ")
    page = await visit("/connect", known=False)
    await page.get_by_label("API key").fill("mgp_nonsense")
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_role("alert")).to_contain_text("The token is not valid")
    await page.get_by_label("API key").fill(key)
    await page.get_by_role("button", name="Connect").click()
    await page.wait_for_url("**/runs")
    await expect(page.get_by_role("button", name="Account: ")).to_be_visible()
    kept = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}]) + document.cookie")
    assert key not in kept
    await page.reload()
    await page.get_by_role("button", name="Account: ").click()
    await page.get_by_text("Log out").click()
    await page.wait_for_url("**/login*")


async def test_a_guest_measures_the_example_and_keeps_the_link(visit: Visit) -> None:
    page = await visit("/login", known=False)
    await expect(page.get_by_text("after 30 days")).to_be_visible()
    assert await serious_findings(page) == []
    await page.get_by_role("button", name="Try it as a guest").click()
    await page.wait_for_url("**/new")
    await page.get_by_role("button", name="Use the example model").click()
    await page.get_by_role("button", name="Start the run").click()
    await page.wait_for_url("**/runs/*")
    await expect(page.get_by_text("You are here as a guest")).to_be_visible()
    await page.get_by_role("button", name="Make a link to keep").click()
    link = await page.get_by_role("status").locator("pre").inner_text()
    assert await serious_findings(page) == []
    later = await visit(link, known=False)
    await expect(later.get_by_text("Latency, median")).to_be_visible(timeout=3 * PATIENCE_MS)
