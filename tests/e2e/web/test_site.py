"""The guides in a browser, as the server shows them to anybody: pages, drawings, both languages, nothing from elsewhere."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit

expect.set_options(timeout=PATIENCE_MS)
DRAWN = "() => { const one = document.querySelector('.drawing img'); return one?.naturalWidth > 0 && one.clientHeight > 300 }"


async def test_from_the_first_page_to_a_drawing_in_both_languages(visit: Visit) -> None:
    """That nothing was asked of another origin and no policy was broken, the fixture looks at."""
    page = await visit("/docs/", known=False)
    await page.wait_for_url("**/docs/guides/first-profile.html")
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    contents = page.get_by_role("navigation", name="Contents")
    assert await contents.get_by_role("link").count() > 20
    await contents.get_by_role("link", name="Architecture").click()
    drawing = page.get_by_role("img", name="The life of a task")
    await page.wait_for_function(DRAWN)
    await expect(drawing).to_be_visible()
    assert await page.get_by_text("stateDiagram").count() == 0
    await page.get_by_role("link", name="中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await page.wait_for_function(DRAWN)


async def test_the_descriptions_of_api_and_events_need_nothing_from_elsewhere(visit: Visit) -> None:
    page = await visit("/api/v1/docs", known=False)
    await expect(page.get_by_role("heading", level=1)).to_have_text("mgeprof API")
    await expect(page.get_by_text("/api/v1/tasks/{task_id}", exact=True).first).to_be_visible()
    page = await visit("/api/v1/asyncapi", known=False)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text("task.completed").first).to_be_visible()
