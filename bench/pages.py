"""What the benches of the web pages share: the whole stack, a real run in it, and a Chromium that has nothing yet."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from client.client import Client
from client.connection import Connection
from client.models import Task
from infra.embedded.stack import Stack
from infra.engines.environment import Engine, find_engine

ENGINE = "1.13.0"
EXAMPLES = Path(__file__).parents[1] / "infra" / "examples" / "build.py"
KEEP_LONG_TASKS = """
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
"""
WHEN_PAINTED = """async (selector) => {
    const frame = () => new Promise(requestAnimationFrame);
    while (!document.querySelector(selector)) await frame();
    await frame();
    await new Promise((done) => setTimeout(done));
    return performance.now();
}"""
"""Milliseconds since the page was asked for, when something is there, was painted, and the page does again what it is told."""
LONGEST_TASK = (
    "(since) => Math.max(0, ...window.longTasks.filter((one) => one.startTime >= since).map((one) => one.duration))"
)
"""Milliseconds; 0 when none took 50 or more."""


@dataclass(frozen=True)
class Opened:
    """A stack, a client of it, a browser, and a folder for models."""

    stack: Stack
    client: Client
    browser: Browser
    folder: Path

    async def page(self) -> Page:
        """A page of somebody who is known, in a browser that has fetched nothing; close its ``context`` afterwards."""
        context = await self.browser.new_context(base_url=self.stack.url, viewport={"width": 1440, "height": 900})
        # The session's cookies come into the browser; nothing of a page is fetched by that.
        asked = {"token": self.stack.services.secrets.token, "cookies": True}
        connected = await context.request.post("/api/v1/auth/connect", data=asked)
        if not connected.ok:
            raise RuntimeError(f"the browser is not let in: {await connected.text()}")
        await context.add_init_script(KEEP_LONG_TASKS)
        return await context.new_page()

    async def example_run(self) -> Task:
        """Make the example models, and a run of the residual network."""
        await built(EXAMPLES, self.folder)
        return await self.run(self.folder / "resnet.mge", self.folder / "resnet-data.npy")

    async def run(self, model: Path, data: Path) -> Task:
        """A short run of a model with the input ``data``, when it has completed. Raises RuntimeError when it did not."""
        task = await self.client.submit(
            await self.client.upload_model(model),
            platform="x86",
            engine=ENGINE,
            inputs={"data": await self.client.upload_input(data)},
            options={"iterations": 2, "warmup": 1, "profiled_passes": 1},
        )
        ended = await self.client.wait(task.id)
        if ended.state != "completed":
            raise RuntimeError(f"the run of {model.name} ended as {ended.state}")
        return ended


@asynccontextmanager
async def opened(*, engine: bool = True) -> AsyncIterator[Opened]:
    """Everything started, with or without an engine. Raises RuntimeError where there is no Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("no Chromium on this machine: apt-get install chromium")
    async with AsyncExitStack() as stay:
        folder = Path(stay.enter_context(tempfile.TemporaryDirectory(prefix="mgeprof-bench-")))
        stack = await stay.enter_async_context(Stack(folder / "home", engines=(_engine(),) if engine else ()))
        await stack.start()
        client = await stay.enter_async_context(Client(Connection(stack.url, stack.services.secrets.token)))
        playwright = await stay.enter_async_context(async_playwright())
        # Only pages of our own are opened, so the browser's sandbox, which root cannot have in a container, is not missed.
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        stay.push_async_callback(browser.close)
        yield Opened(stack, client, browser, folder)


async def built(script: Path, *words: str | Path) -> None:
    """Run a script that makes models, in the engine's environment."""
    process = await asyncio.create_subprocess_exec(
        _engine().python,
        "-W",
        "ignore",
        script,
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{script.name} ended with {process.returncode}:\n{said.decode(errors='replace')}")


def _engine() -> Engine:
    engine = find_engine(ENGINE)
    if engine is None:
        raise RuntimeError(f"MegEngine {ENGINE} is not installed: run `mgeprof engine install {ENGINE}`")
    return engine
