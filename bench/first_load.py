"""`first_load_kb`: how much script a browser fetches before a page of ours can be used."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.async_api import Request

from bench.frame import Figure, Goal
from bench.pages import Opened, opened

PAGES = ("/runs", "/new", "/sweeps", "/models", "/datasets", "/devices", "/events", "/profile", "/admin")
MOST_KB = 300
KB = 1000


async def run() -> Sequence[Figure]:
    """Compressed bytes of all scripts until the page's heading is there, each page opened by a browser that has nothing yet.

    The first figure is the largest page's. Raises RuntimeError where there is no Chromium, or it is not let in.
    """
    async with opened(engine=False) as there:
        pages = {path: await _kilobytes(there, path) for path in PAGES}
    most = max(pages.values())
    return [
        Figure("first_load_kb", "kB", [most], goal=Goal(MOST_KB)),
        *(Figure(f"first_load_kb{path.replace('/', '_')}", "kB", [kilobytes]) for path, kilobytes in pages.items()),
    ]


async def _kilobytes(there: Opened, path: str) -> float:
    page = await there.page()
    scripts: list[Request] = []
    page.on("requestfinished", lambda one: scripts.append(one) if one.resource_type == "script" else None)
    await page.goto(path)
    await page.locator("main h1").wait_for()
    fetched = [(await one.sizes())["responseBodySize"] for one in list(scripts)]
    await page.context.close()
    return sum(fetched) / KB
