"""Models, their graph, and the devices."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)

DRAWN = "document.querySelector('iframe').contentDocument.querySelector('#target').textContent"
"""From outside: Netron's own page lets nothing be evaluated in it."""


async def test_a_model_is_drawn_by_netron_that_asks_nobody(visit: Visit, by_api: dict[str, Json]) -> None:
    page = await visit(f"/models/{by_api['resnet']['model']['id']}")
    await page.locator("[data-phase=drawn]").wait_for()
    graph = page.frame_locator("iframe").locator("#target")
    await expect(graph).to_contain_text("Convolution")
    assert await page.evaluate("scrollY") == 0
    without = await page.evaluate(DRAWN)
    await page.get_by_role("button", name="Load the whole file").click()
    await page.locator("[data-phase=drawing]").wait_for()
    await page.locator("[data-phase=drawn]").wait_for()
    assert await page.evaluate(DRAWN) == without
    await page.locator("canvas[data-drawn]").wait_for()
    await page.get_by_role("grid", name="Operators").get_by_role("row").nth(1).click()
    await expect(page.get_by_role("status", name="The operator that").locator("dl")).to_contain_text("Time")
    assert await serious_findings(page) == []


async def test_layers_and_runs_of_a_model(visit: Visit, by_api: dict[str, Json]) -> None:
    task = by_api["resnet"]
    page = await visit(f"/models/{task['model']['id']}?tab=layers")
    await expect(page.get_by_text("Computation by type").first).to_be_visible()
    assert await serious_findings(page) == []
    await page.get_by_role("tab", name="Runs").click()
    await expect(page.get_by_role("link", name=task["name"]).first).to_be_visible()
    assert await serious_findings(page) == []


async def test_the_list_of_models_leads_to_one(visit: Visit, by_api: dict[str, Json]) -> None:
    page = await visit("/models")
    await expect(page.locator(f"a[href='/models/{by_api['resnet']['model']['id']}']")).to_be_visible()
    assert await serious_findings(page) == []


async def test_devices_show_what_there_is(visit: Visit, by_api: dict[str, Json]) -> None:
    page = await visit("/devices")
    card = page.locator("article").first
    await expect(card).to_contain_text("MegEngine 1.13.0")
    await expect(card).to_contain_text(by_api["resnet"]["attempts"][0]["runner_name"])
    assert await serious_findings(page) == []
