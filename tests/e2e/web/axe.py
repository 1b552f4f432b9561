"""What axe says of a page."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[3] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


async def serious_findings(page: Page) -> list[str]:
    """What keeps people out, in both themes, as `theme rule: element`."""
    found: list[str] = []
    for theme in ("light", "dark"):
        await page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", theme == "dark")
        await page.wait_for_timeout(400)  # colours change gradually, and axe would measure one on its way
        await page.evaluate(AXE.read_text())
        result = await page.evaluate("axe.run(document, {iframes: false})")
        found += [
            f"{theme} {one['id']}: {node['html'][:160]}"
            for one in result["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
    return found
