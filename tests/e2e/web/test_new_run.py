"""From a model to a run, as somebody does it with a mouse."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
from playwright.async_api import expect

from tests.e2e.collector import Collector, Seen
from tests.e2e.user import User
from tests.e2e.web.axe import serious_findings
from tests.e2e.web.browser import PATIENCE_MS
from tests.e2e.web.conftest import Visit

expect.set_options(timeout=PATIENCE_MS)


async def test_the_example_is_a_run_after_two_clicks(visit: Visit, user: User, collector: Collector) -> None:
    page = await visit("/new")
    await page.get_by_role("button", name="Use the example model").click()
    start = page.get_by_role("button", name="Start the run")
    await expect(start).to_be_enabled()
    assert await serious_findings(page) == []
    await start.click()
    await page.wait_for_url("**/runs/*")
    task = await user.ended(page.url.rsplit("/", 1)[1])
    assert (task["state"], list(task["inputs"])) == ("completed", ["data"])
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while (click := _above(collector, _above(collector, _submitted(collector, task["id"])))) is None:  # noqa: ASYNC110 - other processes' spans
            await asyncio.sleep(0.1)
    assert (click.name, click.above, click.failed) == ("click", "", False)


def _submitted(collector: Collector, task: str) -> Seen | None:
    named = (one for one in collector.seen if one.name == "task.submitted")
    return next((one for one in named if one.attributes["mgeprof.id"] == task), None)


def _above(collector: Collector, seen: Seen | None) -> Seen | None:
    return next((one for one in collector.seen if seen and (one.trace, one.id) == (seen.trace, seen.above)), None)


async def test_what_does_not_fit_is_said_before_anything_is_sent(visit: Visit, examples: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "data.npy"
    np.save(wrong, np.zeros((1, 3, 32, 32), np.float32))
    page = await visit("/new")
    await page.locator("input[type=file]").first.set_input_files(examples / "resnet.mge")
    await expect(page.get_by_text("1×3×64×64")).to_be_visible()
    await page.get_by_text("Files", exact=True).click()
    await page.locator("input[type=file]").last.set_input_files(wrong)
    await expect(page.get_by_role("alert")).to_contain_text("Its shape is 1×3×32×32; input data takes 1×3×64×64.")
    await expect(page.get_by_role("button", name="Start the run")).to_be_disabled()
    await page.get_by_role("button", name="Remove data.npy").click()
    await page.locator("input[type=file]").last.set_input_files(examples / "resnet-data.npy")
    await expect(page.get_by_role("button", name="Start the run")).to_be_enabled()


async def test_a_model_that_is_there_is_not_sent_again(visit: Visit, user: User, examples: Path) -> None:
    await user.upload("model", examples / "two_inputs.mge")
    sent: list[str] = []
    page = await visit("/new")
    page.on("request", lambda request: sent.append(request.url) if "/parts/" in request.url else None)
    await page.locator("input[type=file]").first.set_input_files(examples / "two_inputs.mge")
    await expect(page.get_by_text("Already here")).to_be_visible()
    assert sent == []


async def test_a_checkpoint_is_refused_in_plain_words(visit: Visit, tmp_path: Path) -> None:
    checkpoint = tmp_path / "weights.mge"
    checkpoint.write_bytes(b"\x80\x04" + bytes(100))
    page = await visit("/new")
    await page.locator("input[type=file]").first.set_input_files(checkpoint)
    await expect(page.get_by_role("alert")).to_contain_text("dump")
