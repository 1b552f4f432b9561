"""`make screenshots`: every page in both themes, as pictures for people to look at. Not a test: pytest runs it when it is named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.user import User
from tests.e2e.web.conftest import Visit
from tests.integration.api.user import Json

FOLDER = Path(__file__).parents[3] / "frontend" / "screenshots"
TABS = ("summary", "operators", "types", "graph", "timeline", "roofline", "memory")
LATER_TABS = ("files", "reproduce", "share", "history", "replay")
PLAIN = (
    *("/runs", "/runs?whose=anyone", "/runs?q=nothing", "/login", "/register", "/password", "/connect", "/nowhere"),
    *("/new", "/models", "/compare", "/profile", "/profile/password", "/profile/sessions", "/profile/keys"),
    *("/profile/webhooks", "/devices", "/sweeps", "/datasets", "/events", "/events?type=dataset.deleted"),
    *("/admin/users", "/admin/invitations", "/admin/runs", "/admin/runners", "/admin/storage", "/admin/audit"),
)
SETTLED_MS = 900
"""Charts are drawn after their data is there, and nothing says when."""


@dataclass(frozen=True)
class Look:
    """How pages are looked at: a theme, a language, a window."""

    name: str
    dark: bool
    language: str
    width: int


LOOKS = (
    Look("light", dark=False, language="en", width=1440),
    Look("dark", dark=True, language="en", width=1440),
    Look("zh-dark", dark=True, language="zh", width=1280),
    Look("zh-narrow", dark=False, language="zh", width=430),
)


@pytest.fixture(scope="session")
async def shown(user: User, examples: Path, named: Json, by_api: dict[str, Json]) -> dict[str, str]:
    """Name and address of every picture that needs something to show."""
    model = await user.upload("model", examples / "resnet.mge")
    inputs = {"data": await user.upload("input", examples / "resnet-data.npy")}
    endless = {"iterations": 100_000, "time_limit_s": 1}
    failed = await user.ended((await user.submit(model=model, inputs=inputs, name="too long", options=endless))["id"])
    sweep = {
        "name": "by batch and algorithm",
        "model": model,
        "inputs": inputs,
        "platforms": ["x86"],
        "engines": ["1.13.0"],
        "options": [
            {"iterations": 2, "profiled_passes": 1, "batch_size": size, "fast_run": fast}
            for size in (1, 2)
            for fast in (False, True)
        ],
    }
    answer = await user.http.post("/api/v1/sweeps", json=sweep)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    run, other = f"/runs/{named['id']}", by_api["resnet"]
    return {
        **{f"run-{tab}": f"{run}/{tab}" for tab in (*TABS, *LATER_TABS)},
        "run-failed": f"/runs/{failed['id']}",
        "run-gone": "/runs/01900000-0000-7000-8000-000000000000",
        "model-graph": f"/models/{other['model']['id']}",
        "model-layers": f"/models/{other['model']['id']}?tab=layers",
        "model-runs": f"/models/{other['model']['id']}?tab=runs",
        "compare-two": f"/compare?task={named['id']}&task={other['id']}",
        "sweep": f"/sweeps/{made['id']}",
        "new-from": f"/new?from={named['id']}",
    }


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_pictures(visit: Visit, shown: dict[str, str], look: Look) -> None:
    FOLDER.mkdir(exist_ok=True)
    page = await visit("/runs", dark=look.dark, language=look.language, width=look.width)
    pages = {path.strip("/").replace("/", "-").replace("?", "-"): path for path in PLAIN} | shown
    for name, path in pages.items():
        await page.goto(path)
        await expect(page.locator("main *").first).to_be_visible()
        await _settled(page)
        await page.screenshot(path=FOLDER / f"{name}-{look.name}.png", full_page=True)


async def _settled(page: Page) -> None:
    if "/models/" in page.url and "tab=" not in page.url:
        await page.locator("[data-phase]:not([data-phase=drawing])").wait_for()
    await page.wait_for_timeout(SETTLED_MS)
