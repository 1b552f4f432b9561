"""The link that `mgeprof up` prints."""

from __future__ import annotations

from playwright.async_api import Browser

from infra.cli.connect_link import connect_link
from infra.embedded.stack import Stack


async def test_a_link_connects_one_browser_once_and_leaves_no_key_in_it(browser: Browser, stack: Stack) -> None:
    link = await connect_link(stack)
    assert link is not None
    assert stack.services.secrets.token not in link
    context, stranger = await browser.new_context(), await browser.new_context()
    page = await context.new_page()
    await page.goto(link)
    await page.wait_for_url("**/runs")
    assert await page.evaluate("localStorage.getItem('mgeprof.key')") is None
    await page.reload()
    await page.get_by_role("button", name="local").wait_for()
    again = await stranger.new_page()
    await again.goto(link)
    await again.get_by_text("The link is not valid").first.wait_for()
    assert "token" not in again.url
    await context.close()
    await stranger.close()
