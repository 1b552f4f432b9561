"""The graph that ran, a run at any moment, and a list that changes by itself."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.user import User
from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)


async def test_what_is_chosen_in_the_table_is_marked_in_the_graph_and_the_other_way_round(
    visit: Visit, named: Json
) -> None:
    page = await visit(f"/runs/{named['id']}/operators")
    await page.get_by_role("grid", name="Operators").get_by_role("link").first.click()
    drawing = page.get_by_role("application", name="Graph")
    table, chosen = page.get_by_role("grid", name="Operators"), page.get_by_role("status", name="The operator that")
    marked = table.locator(".marked")
    name = chosen.locator(".name span")
    before = await name.inner_text()
    await expect(marked).to_contain_text(before)
    assert "operator=" in page.url
    await drawing.focus()
    await page.keyboard.press("ArrowDown")
    await expect(name).not_to_have_text(before)
    await expect(marked).to_contain_text(await name.inner_text())
    # A click on the drawing, where nothing stands, lets go.
    await drawing.click(position={"x": 4, "y": 4})
    await expect(marked).to_have_count(0)
    await table.get_by_role("row").nth(2).click()
    await expect(chosen.locator("dt").first).to_have_text("Time")
    assert await serious_findings(page) == []
    await chosen.get_by_role("link", name="Timeline").click()
    await expect(page.get_by_label("Zoom to an operator")).not_to_have_value("")


async def test_a_run_is_looked_at_moment_by_moment(visit: Visit, named: Json) -> None:
    page = await visit(f"/runs/{named['id']}/replay")
    moment = page.get_by_role("slider")
    await expect(page.get_by_text(named["attempts"][0]["runner_name"]).first).to_be_visible()
    state = page.locator("section", has=page.get_by_role("heading", name="State at this moment"))
    await expect(state).to_contain_text("Completed")
    await moment.focus()
    await page.keyboard.press("Home")
    await expect(state).to_contain_text("Not there yet")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("status")).to_contain_text("submitted")
    await expect(state).to_contain_text("Submitted")
    assert await serious_findings(page) == []
    await page.get_by_text("Compare two moments").click()
    await expect(moment).to_have_count(2)
    await moment.last.focus()
    await page.keyboard.press("End")
    row = page.get_by_role("row").filter(has_text="Held by")
    await expect(row).to_contain_text(named["attempts"][0]["runner_name"])
    assert await serious_findings(page) == []


async def test_the_list_of_runs_changes_by_itself(visit: Visit, user: User, examples: Path) -> None:
    page = await visit("/runs")
    await page.locator("[data-live]").wait_for()
    model = await user.upload("model", examples / "resnet.mge")
    data = {"data": await user.upload("input", examples / "resnet-data.npy")}
    options = {"iterations": 1, "profiled_passes": 1}
    await user.submit(model=model, inputs=data, name="live <u>line</u>", options=options)
    row = page.get_by_role("row").filter(has_text="live <u>line</u>")
    await expect(row).to_be_visible()
    await expect(row).to_contain_text("Completed")
    assert await page.locator("main u").count() == 0
