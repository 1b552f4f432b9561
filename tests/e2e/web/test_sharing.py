"""A run that others look at, and many runs at once."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.user import User
from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import MARKUP, Visit
from tests.integration.api.user import Json

expect.set_options(timeout=PATIENCE_MS)


async def test_a_link_opens_a_run_to_somebody_without_an_account_until_it_is_revoked(visit: Visit, named: Json) -> None:
    page = await visit(f"/runs/{named['id']}/share")
    await page.get_by_role("button", name="Make a link").click()
    link = await page.locator("pre").inner_text()
    assert await serious_findings(page) == []
    stranger = await visit(link, known=False)
    await expect(stranger.get_by_role("heading", level=1)).to_have_text(MARKUP)
    await expect(stranger.get_by_text("Latency, median")).to_be_visible()
    assert "mgs_" not in stranger.url
    for forbidden in ("Delete", "Run again"):
        assert await stranger.get_by_role("button", name=forbidden).count() == 0
    assert await stranger.get_by_role("link", name="Share").count() == 0
    assert await serious_findings(stranger) == []
    await page.get_by_role("button", name="Revoke").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("cell", name="Revoked").first).to_be_visible()
    await stranger.reload()
    await expect(stranger.get_by_role("alert").first).to_be_visible()


async def test_a_run_is_begun_from_another_one(visit: Visit, named: Json) -> None:
    page = await visit(f"/runs/{named['id']}")
    await page.get_by_role("button", name="Change and run").click()
    await expect(page.get_by_role("radio", name="As the other run")).to_be_checked()
    await expect(page.get_by_label("iterations")).to_have_value("5")
    await expect(page.get_by_role("button", name="Start the run")).to_be_enabled()


async def test_datasets_are_kept_shown_and_deleted(visit: Visit, examples: Path) -> None:
    page = await visit("/datasets")
    await page.get_by_role("button", name="New dataset").click()
    await page.get_by_label("Name", exact=True).fill("a cat")
    await page.locator("input[type=file]").set_input_files(examples / "resnet-data.npy")
    await page.get_by_label("Input: resnet-data.npy").fill("data")
    await page.get_by_role("button", name="Keep the dataset").click()
    row = page.get_by_role("row").filter(has_text="a cat")
    await expect(row).to_contain_text("data")
    assert await serious_findings(page) == []
    await row.get_by_role("button", name="Show to everybody").click()
    await expect(row.get_by_role("button", name="Keep to myself")).to_be_visible()
    await row.get_by_role("button", name="Delete a cat").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(row).to_have_count(0)


async def test_a_sweep_shows_each_of_its_runs_in_a_table(visit: Visit, user: User, examples: Path) -> None:
    model = await user.upload("model", examples / "resnet.mge")
    data = await user.upload("input", examples / "resnet-data.npy")
    asked = {
        "name": "by batch",
        "model": model,
        "inputs": {"data": data},
        "platforms": ["x86"],
        "engines": ["1.13.0"],
        "options": [{"iterations": 1, "profiled_passes": 1, "batch_size": size} for size in (1, 2)],
    }
    answer = await user.http.post("/api/v1/sweeps", json=asked)
    assert answer.status_code == 201, answer.text
    page = await visit("/sweeps")
    await page.get_by_role("link", name="by batch").click()
    table = page.get_by_role("table")
    await expect(table.get_by_role("rowheader")).to_have_text(["batch_size 1", "batch_size 2"])
    await expect(table.get_by_role("link")).to_have_count(2)
    assert await serious_findings(page) == []
    await expect(table.get_by_text("best")).to_be_visible(timeout=3 * PATIENCE_MS)
    compare = page.get_by_role("link", name="Compare the runs")
    await expect(compare).to_be_visible(timeout=3 * PATIENCE_MS)

    await page.get_by_role("button", name="Make a link").click()
    link = await page.get_by_role("status").locator("pre").inner_text()
    stranger = await visit(link, known=False)
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("by batch")
    assert await stranger.get_by_role("button").filter(has_text="Cancel").count() == 0
    assert await stranger.get_by_role("button", name="Make a link").count() == 0
    assert await serious_findings(stranger) == []
    await stranger.get_by_role("link", name="Compare the runs").click()
    await expect(stranger.get_by_role("rowheader").filter(has_text="by batch: batch_size 2")).to_be_visible()
    await stranger.get_by_role("link", name="by batch: batch_size 2").click()
    await expect(stranger.get_by_text("Latency, median")).to_be_visible()
    assert "/shared/" in stranger.url
