"""Chromium, and a look at a run with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright, expect

from infra.embedded.stack import Stack

PATIENCE_MS = 60_000
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--renderer-process-limit=1",  # a process for each page takes longer to start than most tests have to do
)
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Debian's Chromium, or another one on the PATH; rather the one without windows of its own, which draws nothing but our pages."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


@asynccontextmanager
async def started(program: str) -> AsyncIterator[Browser]:
    # Root has no user namespaces to sandbox with inside containers.
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        await browser.close()


async def open_in_the_dashboard(stack: Stack, run: str) -> None:
    """As a person does it, where there is a browser."""
    program = chromium()
    if program is None:
        return
    async with started(program) as browser:
        context = await browser.new_context(base_url=stack.url, locale="en-US")
        key = {"token": stack.services.secrets.token, "cookies": True}
        assert (await context.request.post("/api/v1/auth/connect", data=key)).ok
        page = await context.new_page()
        await page.goto(f"/runs/{run}")
        await expect(page.get_by_text("Latency, median")).to_be_visible(timeout=PATIENCE_MS)
        await page.get_by_role("link", name="Operators", exact=True).click()
        rows = page.get_by_role("grid", name="Operators").get_by_role("row")
        await expect(rows.nth(1)).to_contain_text("Conv", timeout=PATIENCE_MS)
