"""`graph_ms`: how soon Netron has drawn a model of resnet50's size, and how soon our own graph of what ran is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Route

from bench.frame import Figure, Goal
from bench.pages import LONGEST_TASK, WHEN_PAINTED, Opened, built, opened

BUILD = Path(__file__).with_name("residual.py")
OPERATORS = 10_000
ROUNDS = 5
MOST_MS = 3000
FETCHED = """() => performance.getEntriesByType("resource").filter((one) => one.name.includes("/file?")).map((one) => one.responseEnd)[0] ?? 0"""
"""Milliseconds until the model's file was there."""
NETRON, OURS = "[data-phase=drawn]", "canvas[data-drawn]"


WHOLE = "Load the whole file"


async def run() -> Sequence[Figure]:
    """From asking for the page to the drawing, in a browser that has nothing yet; the model's file comes without its values within that time, all 100 MB when they are asked for.

    The large graph is the real one's, copies one after the other.
    """
    async with opened() as there:
        await built(BUILD, "resnet50", there.folder)
        task = await there.run(there.folder / "resnet50.mge", there.folder / "resnet50-data.npy")
        assert task.model is not None
        model, ours = f"/models/{task.model.id}", f"/runs/{task.id}/graph"
        netron = [await _drawn(there, model, NETRON) for _ in range(ROUNDS)]
        whole = [await _whole(there, model) for _ in range(ROUNDS)]
        small = [await _drawn(there, ours, OURS) for _ in range(ROUNDS)]
        large = [await _drawn(there, ours, OURS, copies=True) for _ in range(ROUNDS)]
    return [
        Figure("graph_ms", "ms", [one.ms for one in netron], goal=Goal(MOST_MS)),
        Figure("graph_ms: until the file was there", "ms", [one.fetched_ms for one in netron]),
        Figure("graph_ms: all 100 MB of it, when asked for", "ms", whole),
        Figure("graph_ms: what ran", "ms", [one.ms for one in small], goal=Goal(MOST_MS)),
        Figure("graph_ms: what ran, 10,000 operators", "ms", [one.ms for one in large]),
        Figure("graph_ms: longest task, 10,000 operators", "ms", [one.longest_ms for one in large]),
    ]


@dataclass(frozen=True)
class Drawn:
    """Milliseconds: from asking for the page to the drawing, to the model's file, and the longest that the page was busy."""

    ms: float
    fetched_ms: float
    longest_ms: float


async def _drawn(there: Opened, path: str, drawing: str, *, copies: bool = False) -> Drawn:
    page = await there.page()
    if copies:
        await page.route("**/api/v1/tasks/*/graph", _in_a_row)
    await page.goto(path, wait_until="commit")
    ms = await page.evaluate(WHEN_PAINTED, drawing)
    drawn = Drawn(ms, await page.evaluate(FETCHED), await page.evaluate(LONGEST_TASK, 0))
    await page.context.close()
    return drawn


async def _whole(there: Opened, path: str) -> float:
    """Milliseconds from asking for the whole file to its drawing."""
    page = await there.page()
    await page.goto(path, wait_until="commit")
    await page.locator(NETRON).wait_for()
    since: float = await page.evaluate("performance.now()")
    await page.get_by_role("button", name=WHOLE).click()
    await page.locator("[data-phase=drawing]").wait_for()
    until: float = await page.evaluate(WHEN_PAINTED, NETRON)
    await page.context.close()
    return until - since


async def _in_a_row(route: Route) -> None:
    answer = await route.fetch()
    await route.fulfill(response=answer, body=json.dumps(in_a_row(await answer.json(), OPERATORS)))


def in_a_row(graph: dict[str, Any], operators: int) -> dict[str, Any]:
    """At least so many operators: copies of a graph, the last operator of each read by the first of the next."""
    nodes, edges = graph["nodes"], graph["edges"]
    copies = range(-(-operators // len(nodes)))
    between = {"source": nodes[-1]["id"], "target": edges[0]["target"], "variable": "between", "shape": None}

    def moved(edge: dict[str, Any], source: int, target: int) -> dict[str, Any]:
        return {**edge, "source": f"{source}.{edge['source']}", "target": f"{target}.{edge['target']}"}

    inside = [moved(edge, copy, copy) for copy in copies for edge in edges]
    return {
        **graph,
        "nodes": [{**node, "id": f"{copy}.{node['id']}"} for copy in copies for node in nodes],
        "edges": [*inside, *(moved(between, copy, copy + 1) for copy in copies[:-1])],
    }
