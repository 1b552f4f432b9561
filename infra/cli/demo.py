"""`mgeprof demo`: an example model goes in, a profile comes out, through all the real parts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from client.cli import render
from client.models import Task
from client.profiles import Profile
from infra.cli.engine import install
from infra.cli.screen import Screen
from infra.cli.up import DEFAULT_HOME, EXPECTED, HomeOption, PortOption, stop_on_signals, unless_stopped
from infra.embedded.home import running_stack
from infra.embedded.stack import Stack
from infra.engines.environment import Engine, engine, find_engine

ENGINE = "1.13.0"
EXAMPLES = Path(__file__).parents[1] / "examples" / "build.py"
MODEL, INPUT = "resnet.mge", "resnet-data.npy"

app = typer.Typer()


class DemoFailedError(Exception):
    """A step of the demonstration did not work."""


class Interrupted(Exception):  # noqa: N818 - not an error
    """Somebody pressed Ctrl-C."""


@dataclass(frozen=True)
class Server:
    """A stack that runs: where, and whether it stays when the demonstration ends."""

    url: str
    token: str
    token_file: Path
    stays: bool


@app.command()
def demo(home: HomeOption = DEFAULT_HOME, port: PortOption = None) -> None:
    """Build an example model, profile it on this machine, and show where its time went."""
    if find_engine(ENGINE) is None:
        install(ENGINE)
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    try:
        asyncio.run(demonstrate(home, port, engine(ENGINE), console))
    except Interrupted:
        raise typer.Exit(130) from None
    except (*EXPECTED, DemoFailedError) as error:
        errors.print(f"mgeprof: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


async def demonstrate(home: Path, port: int | None, engine: Engine, console: Console) -> None:
    """All of it.

    Raises:
        DemoFailedError: a step failed; it has said why on standard error.
        Interrupted: SIGINT or SIGTERM came; everything that was started is stopped.
    """
    stop = stop_on_signals()
    async with server(home, port, engine, console, stop) as running:
        results: list[tuple[Task, Profile]] = []

        async def work() -> None:
            examples = await build_examples(home.absolute() / "examples", engine, console)
            results.append(await profile(examples, running, console))

        if not await unless_stopped(work(), stop):
            raise Interrupted
        [(task, found)] = results
        console.print()
        console.print(render.report(task, found, top=10))
        console.print("\n".join(ways_on(task, home, running)), soft_wrap=True)


@contextlib.asynccontextmanager
async def server(
    home: Path, port: int | None, engine: Engine, console: Console, stop: asyncio.Event
) -> AsyncIterator[Server]:
    """The stack that runs on `home`, or one of our own for as long as it is needed."""
    there = running_stack(home)
    token_file = home.absolute() / "token"
    if there is not None and there["ready"]:
        console.print(f"mgeprof runs on {home} already, at {there['url']}: using that.")
        yield Server(there["url"], token_file.read_text(), token_file, stays=True)
        return
    screen = Screen(console)
    async with Stack(home, port, (engine,), changed=screen.changed) as stack:
        with screen:
            screen.show(stack.keepers)
            started = await unless_stopped(stack.start(), stop)
        if not started:
            raise Interrupted
        yield Server(stack.url, stack.services.secrets.token, token_file, stays=False)


async def build_examples(folder: Path, engine: Engine, console: Console) -> Path:
    """Build the example models with MegEngine itself, unless they are there."""
    if not (folder / MODEL).exists():
        command(console, f"python {EXAMPLES.name} {folder}")
        # What MegEngine says about missing graphics cards is no news here.
        await output_of(str(engine.python), "-W", "ignore", str(EXAMPLES), str(folder), quiet=True)
    return folder


async def profile(examples: Path, running: Server, console: Console) -> tuple[Task, Profile]:
    """Submit the residual network as a user would, wait for it, and fetch its profile."""
    submit = ["submit", str(examples / MODEL), "--data", f"data={examples / INPUT}", "--platform", "x86"]
    submit += ["--engine", ENGINE, "--name", "demo", "--iterations", "20", "--wait"]
    command(console, f"mgeprof {' '.join(submit)}")
    task = await mgeprof(running, *submit, "--json")
    found = await mgeprof(running, "profile", task["id"], "--top", "10", "--json")
    return Task.read(task), Profile.read(found)


async def mgeprof(running: Server, *arguments: str) -> Any:
    """What the command line answers, as JSON; its progress goes to our terminal."""
    argv = [sys.executable, "-P", "-m", "infra.cli.main", *arguments]
    return json.loads(await output_of(*argv, MGEPROF_URL=running.url, MGEPROF_TOKEN=running.token))


async def output_of(*argv: str, quiet: bool = False, **environment: str) -> bytes:
    """The standard output of a program that ends well; its standard error goes to ours, or with `quiet` to its output.

    Raises:
        DemoFailedError: it did not.
    """
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT if quiet else None,
        env={**os.environ, **environment},
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if process.returncode != 0:
        raise DemoFailedError(
            f"this ended with {process.returncode}: {' '.join(argv)}\n{said.decode(errors='replace')}"
        )
    return said


def command(console: Console, line: str) -> None:
    """Show what a person would type."""
    console.print(f"$ {line}", style="bold", markup=False, soft_wrap=True)


def ways_on(task: Task, home: Path, running: Server) -> list[str]:
    """How to look at the result again, in rich's markup."""
    at = "" if home == DEFAULT_HOME else f" --home {home}"
    # As it can be typed here: .venv/bin is not on everybody's PATH.
    mgeprof = "mgeprof" if shutil.which("mgeprof") else os.path.relpath(Path(sys.prefix, "bin", "mgeprof"))
    start = [] if running.stays else [f"  {mgeprof} up{at}   [dim]starts it again: the result is kept in {home}[/]"]
    return [
        "",
        "[bold]Look at it again[/]",
        *start,
        f"  {mgeprof} show {task.id}{at}",
        f"  {mgeprof} profile {task.id}{at} --sort=-computation --type ConvolutionForward",
        f"  {mgeprof} events {task.id}{at}",
        f'  curl -H "Authorization: Bearer $(cat {running.token_file})" {running.url}/api/v1/tasks/{task.id}/profile',
        f"  {running.url}/api/v1/docs   [dim]the whole api[/]",
    ]
