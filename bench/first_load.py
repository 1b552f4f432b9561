"""`first_load_kb`: how much script a browser fetches before a page of ours can be used."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser, Request, async_playwright

from bench.frame import Figure, Goal
from infra.embedded.stack import Stack

PAGES = ("/runs", "/new", "/sweeps", "/models", "/datasets", "/devices", "/profile", "/admin")
MOST_KB = 300
KB = 1000


async def run() -> Sequence[Figure]:
    """Compressed bytes of all scripts until the page's heading is there, each page opened by a browser that has nothing yet.

    The first figure is the largest page's. Raises RuntimeError where there is no Chromium, or it is not let in.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("no Chromium on this machine: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        async with Stack(Path(folder) / "home") as stack, async_playwright() as playwright:
            await stack.start()
            # Only pages of our own are opened, so the browser's sandbox, which root cannot have in a container, is not missed.
            browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
            pages = {path: await _kilobytes(browser, stack, path) for path in PAGES}
            await browser.close()
    most = max(pages.values())
    return [
        Figure("first_load_kb", "kB", [most], goal=Goal(MOST_KB)),
        *(Figure(f"first_load_kb{path.replace('/', '_')}", "kB", [kilobytes]) for path, kilobytes in pages.items()),
    ]


async def _kilobytes(browser: Browser, stack: Stack, path: str) -> float:
    context = await browser.new_context(base_url=stack.url)
    # The session's cookies come into the browser; nothing of a page is fetched by that.
    asked = {"token": stack.services.secrets.token, "cookies": True}
    connected = await context.request.post("/api/v1/auth/connect", data=asked)
    if not connected.ok:
        raise RuntimeError(f"the browser is not let in: {await connected.text()}")
    page = await context.new_page()
    scripts: list[Request] = []
    page.on("requestfinished", lambda one: scripts.append(one) if one.resource_type == "script" else None)
    await page.goto(path)
    await page.locator("main h1").wait_for()
    fetched = [(await one.sizes())["responseBodySize"] for one in list(scripts)]
    await context.close()
    return sum(fetched) / KB
