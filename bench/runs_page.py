"""`runs_page_ms`: how soon the list of runs is there when the database holds 100,000 of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.frame import Figure, Goal
from bench.pages import WHEN_PAINTED, Opened, opened
from core.postgres.connection import open_pool

RUNS = 100_000
ROUNDS = 7
MOST_MS = 1000
ROW = "[role=grid] [role=row].body"
COPY = Path(__file__).with_suffix(".sql")


async def run() -> Sequence[Figure]:
    """From asking for the page to rows that are painted, in a browser that has nothing yet; and when its scripts are there already."""
    async with opened() as there:
        await _fill(there, (await there.example_run()).id)
        first, again = zip(*[await _round(there) for _ in range(ROUNDS)], strict=True)
    return [Figure("runs_page_ms", "ms", first, goal=Goal(MOST_MS)), Figure("runs_page_ms: once more", "ms", again)]


async def _fill(there: Opened, run: str) -> None:
    pool = await open_pool(there.stack.services.environment["MGEPROF_DATABASE_URL"], size=1, search_path="read")
    try:
        async with pool.acquire() as connection:
            for name, value in {"run": run, "count": str(RUNS)}.items():
                await connection.execute("SELECT set_config('bench.' || $1, $2, false)", name, value)
            await connection.execute(COPY.read_text(), timeout=300)
            held = await connection.fetchval("SELECT count(*) FROM read.task_list")
    finally:
        await pool.close()
    if held <= RUNS:
        raise RuntimeError(f"the database holds {held} runs")


async def _round(there: Opened) -> tuple[float, float]:
    page = await there.page()
    await page.goto("/runs", wait_until="commit")
    first = await page.evaluate(WHEN_PAINTED, ROW)
    await page.reload(wait_until="commit")
    again = await page.evaluate(WHEN_PAINTED, ROW)
    await page.context.close()
    return first, again
