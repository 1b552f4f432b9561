"""The real thing, whole: every process of mgeprof on a home of its own, and the command line against it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.embedded.part import BackOff
from infra.embedded.stack import Stack
from infra.engines.environment import engine

BUILD = Path(__file__).parents[2] / "infra" / "examples" / "build.py"
MakeStack = Callable[[Mapping[str, str]], Awaitable[Stack]]


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, read as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """`mgeprof` against one stack: `await mgeprof("ls", "--json")`."""

    stack: Stack

    async def __call__(self, *arguments: str | Path) -> Said:
        known = {"MGEPROF_URL": self.stack.url, "MGEPROF_TOKEN": self.stack.services.secrets.token}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "infra.cli.main", *map(str, arguments)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **known},
        )
        out, err = await process.communicate()
        return Said(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture(scope="session")
def examples(engine_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example models and the broken ones, and inputs for each."""
    folder = tmp_path_factory.mktemp("examples")
    subprocess.run([engine_python, "-W", "ignore", BUILD, folder, "--broken"], check=True)
    return folder


@pytest.fixture(scope="session")
async def stack(engine_python: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:  # noqa: ARG001 - it must be there
    """Everything, shared by the tests that kill nothing. `stack.url`, `stack.services.secrets.token`, `stack.services.environment`."""
    async with Stack(tmp_path_factory.mktemp("stack"), engines=(engine("1.13.0"),)) as running:
        await running.start()
        yield running


@pytest.fixture
async def make_stack(engine_python: Path, tmp_path: Path) -> AsyncIterator[MakeStack]:  # noqa: ARG001 - it must be there
    """Starts stacks of the test's own, with further MGEPROF_ settings; kill with `stack.keepers["api"].kill()`."""
    async with contextlib.AsyncExitStack() as running:
        started = 0

        async def make(settings: Mapping[str, str]) -> Stack:
            nonlocal started
            started += 1
            engines, quick = (engine("1.13.0"),), BackOff(first_s=0.05, longest_s=1.0)
            own = Stack(tmp_path / f"stack-{started}", engines=engines, back_off=quick, settings=settings)
            await running.enter_async_context(own)
            await own.start()
            return own

        yield make


@pytest.fixture(scope="session")
def mgeprof(stack: Stack) -> CommandLine:
    """The command line against the shared stack."""
    return CommandLine(stack)
