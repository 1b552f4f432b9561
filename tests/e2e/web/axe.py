"""What axe says of a page."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


OPTIONS = {"iframes": False, "preload": False, "selectors": False, "resultTypes": ["violations"]}
ONLY_COLOURS = {"runOnly": ["color-contrast"]}
"""The themes differ in nothing else."""


async def serious_findings(page: Page) -> list[str]:
    """What keeps people out, in both themes, as `theme rule: element`."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = []
    for theme, options in (("light", OPTIONS), ("dark", OPTIONS | ONLY_COLOURS)):
        await page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", theme == "dark")
        await page.evaluate("new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))")
        result = await page.evaluate("options => axe.run(document, options)", options)
        found += [
            f"{theme} {one['id']}: {node['html'][:160]}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
    await page.evaluate("document.documentElement.classList.remove('dark')")
    return found
