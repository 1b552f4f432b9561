"""A real Chromium on the pages of the shared stack."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from infra.embedded.stack import Stack
from tests.e2e.user import User
from tests.integration.api.user import Json

MARKUP = "<img src=x onerror=alert(1)> & <b>bold</b>"
"""A run's name that must stay text."""
PATIENCE_MS = 60_000
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, or another one on the PATH."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    # Root has no user namespaces to sandbox with inside containers.
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture
async def visit(browser: Browser, stack: Stack) -> AsyncIterator[Visit]:
    """Opens a page in a browser that was let in for the home's token, or another key; with ``known=False`` as somebody whom nobody knows yet.

    Whatever a page asks of another origin, what its policy forbids and what it throws fails the test in the end.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    async def open_(
        path: str,
        *,
        dark: bool = False,
        language: str = "en",
        known: bool = True,
        key: str = stack.services.secrets.token,
        width: int = 1280,
    ) -> Page:
        context = await browser.new_context(
            base_url=stack.url,
            color_scheme="dark" if dark else "light",
            locale="zh-CN" if language == "zh" else "en-US",
            viewport={"width": width, "height": 860},
            reduced_motion="reduce",  # else axe would measure colours on their way
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = await context.new_page()
        page.on(
            "request", lambda one: None if one.url.startswith((stack.url, "blob:", "data:")) else wrong.append(one.url)
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        if known:
            asked = {"token": key, "cookies": True}
            assert (await context.request.post("/api/v1/auth/connect", data=asked)).ok
        await page.goto(path)
        return page

    yield open_
    for context in contexts:
        await context.close()
    assert wrong == []


@pytest.fixture(scope="session")
async def named(user: User, examples: Path) -> Json:
    """A completed run whose name is full of markup."""
    model = await user.upload("model", examples / "resnet.mge")
    inputs = {"data": await user.upload("input", examples / "resnet-data.npy")}
    task = await user.submit(model=model, inputs=inputs, name=MARKUP, options={"iterations": 5, "profiled_passes": 1})
    ended: Json = await user.ended(task["id"])
    return ended
