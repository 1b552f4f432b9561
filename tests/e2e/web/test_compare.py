"""Runs side by side."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)


async def test_two_runs_operator_by_operator(
    visit: Visit, by_api: dict[str, Json], by_command_line: dict[str, Json]
) -> None:
    first, second = by_command_line["resnet"], by_api["resnet"]
    page = await visit(f"/compare?task={first['id']}&task={second['id']}")
    totals = page.get_by_role("region", name="Totals")
    await expect(totals.get_by_role("link", name=first["name"])).to_be_visible()
    await expect(totals.get_by_role("link", name=second["name"])).to_be_visible()
    operators = page.get_by_role("grid", name="Operators")
    await expect(operators).to_contain_text("conv")
    await page.get_by_placeholder("Search by type or name").fill("no such operator")
    await expect(operators).not_to_contain_text("conv")
    assert await serious_findings(page) == []


async def test_one_run_alone_says_what_to_do(visit: Visit) -> None:
    page = await visit("/compare")
    await expect(page.get_by_role("heading", name="Choose two runs or more")).to_be_visible()
