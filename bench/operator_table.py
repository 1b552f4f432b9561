"""`table_ms`: how soon a table of 10,000 operators can be used, and whether it keeps up with who scrolls it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from playwright.async_api import Route

from bench.frame import Figure, Goal
from bench.pages import LONGEST_TASK, WHEN_PAINTED, Opened, opened

OPERATORS = 10_000
ROUNDS = 5
SOON_MS, LONG_MS = 500, 100
ROW = "[role=grid] [role=row].body"
DATA_CAME = """() => {
    const came = performance.getEntriesByType("resource").filter((one) => /\\/profile$/.test(new URL(one.name).pathname));
    return came.at(-1).responseEnd;
}"""
SCROLL = """async () => {
    const grid = document.querySelector("[role=grid]");
    const began = performance.now();
    for (let at = 0; at <= grid.scrollHeight; at += 1500) {
        grid.scrollTop = at;
        await new Promise(requestAnimationFrame);
    }
    grid.scrollTop = 0;
    await new Promise((done) => setTimeout(done, 300));
    return began;
}"""


async def run() -> Sequence[Figure]:
    """From the last byte of the profile to rows that are painted and a page that answers, then from the first row to the last.

    The profile is a real run's, with its operators repeated.
    """
    async with opened() as there:
        task = await there.example_run()
        rounds = [await _round(there, task.id) for _ in range(ROUNDS)]
    soon, longest = zip(*rounds, strict=True)
    return [
        Figure("table_ms", "ms", soon, goal=Goal(SOON_MS)),
        Figure("table_ms: longest task while scrolling", "ms", longest, goal=Goal(LONG_MS)),
    ]


async def _round(there: Opened, task: str) -> tuple[float, float]:
    page = await there.page()
    await page.route("**/api/v1/tasks/*/profile", _repeat)
    await page.goto(f"/runs/{task}/operators", wait_until="commit")
    painted = await page.evaluate(WHEN_PAINTED, ROW)
    came = await page.evaluate(DATA_CAME)
    rows = await page.locator("[role=grid]").get_attribute("aria-rowcount")
    if rows != str(OPERATORS + 1):
        raise RuntimeError(f"the table has {rows} rows")
    longest = await page.evaluate(LONGEST_TASK, await page.evaluate(SCROLL))
    await page.context.close()
    return painted - came, longest


async def _repeat(route: Route) -> None:
    answer = await route.fetch()
    profile: dict[str, Any] = await answer.json()
    some = profile["operators"]
    profile["operators"] = [
        {**some[at % len(some)], "id": str(at), "order": at, "name": f"{some[at % len(some)]['name']} {at}"}
        for at in range(OPERATORS)
    ]
    await route.fulfill(response=answer, body=json.dumps(profile))
