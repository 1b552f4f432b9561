"""A real Chromium on the pages of the shared stack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from infra.embedded.stack import Stack
from tests.e2e.user import User
from tests.e2e.web.browser import PATIENCE_MS, chromium, started
from tests.integration.api.user import Json

MARKUP = "<img src=x onerror=alert(1)> & <b>bold</b>"
"""A run's name that must stay text."""
BEGIN_ANEW = """
    if (location.protocol.startsWith("http") && !sessionStorage.getItem("begun")) {
        localStorage.clear();
        sessionStorage.setItem("begun", "1");
    }
"""
"""What somebody chose before in the same browser is not there for a page that is opened anew."""

Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    found = chromium()
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium-headless-shell")
    async with started(found) as browser:
        yield browser


class Contexts:
    """Browsers that were used, each with the scripts of our pages fetched and compiled: for one that has nothing that takes longest."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._free: dict[str, list[BrowserContext]] = {}

    async def take(self, language: str) -> BrowserContext:
        """One that nobody is logged in with."""
        free = self._free.setdefault(language, [])
        if free:
            return free.pop()
        context = await self._browser.new_context(
            base_url=self._url,
            locale="zh-CN" if language == "zh" else "en-US",
            reduced_motion="reduce",  # else axe would measure colours on their way
        )
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(BEGIN_ANEW)
        return context

    async def give_back(self, context: BrowserContext, language: str) -> None:
        for page in context.pages:
            await page.close()
        await context.clear_cookies()
        self._free[language].append(context)


@pytest.fixture(scope="session")
def contexts(browser: Browser, stack: Stack) -> Contexts:
    return Contexts(browser, stack.url)


@pytest.fixture
async def visit(contexts: Contexts, stack: Stack) -> AsyncIterator[Visit]:
    """Opens a page in a browser that was let in for the home's token, or another key; with ``known=False`` as somebody whom nobody knows yet.

    Whatever a page asks of another origin, what its policy forbids and what it throws fails the test in the end.
    """
    taken: list[tuple[BrowserContext, str]] = []
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
        context = await contexts.take(language)
        taken.append((context, language))
        page = await context.new_page()
        await page.emulate_media(color_scheme="dark" if dark else "light")
        await page.set_viewport_size({"width": width, "height": 860})
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
    for context, language in taken:
        await contexts.give_back(context, language)
    assert wrong == []


@pytest.fixture(scope="session")
async def named(user: User, examples: Path) -> Json:
    """A completed run whose name is full of markup."""
    model = await user.upload("model", examples / "resnet.mge")
    inputs = {"data": await user.upload("input", examples / "resnet-data.npy")}
    task = await user.submit(model=model, inputs=inputs, name=MARKUP, options={"iterations": 5, "profiled_passes": 1})
    ended: Json = await user.ended(task["id"])
    return ended
