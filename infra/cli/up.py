"""`mgeprof up`: everything on this machine, under one supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from infra.cli.connect_link import connect_link
from infra.cli.first_admin import first_admin_link
from infra.cli.screen import Screen
from infra.configuration.processes import unknown
from infra.embedded.home import HomeInUseError
from infra.embedded.part import PartFailedError
from infra.embedded.ports import PortTakenError
from infra.embedded.postgres_server import PostgresBrokenError
from infra.embedded.stack import PROGRAMS, Stack
from infra.engines.environment import installed_engines
from infra.examples.lay import lay

DEFAULT_HOME = Path(".mgeprof")
HomeOption = Annotated[Path, typer.Option("--home", file_okay=False, help="Where everything is kept.")]
PortOption = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="The api's port; else a free one.")]
# What a person can do something about; anything else is a defect and shows where it happened.
EXPECTED = (HomeInUseError, PartFailedError, PortTakenError, PostgresBrokenError)

app = typer.Typer()


@app.command()
def up(home: HomeOption = DEFAULT_HOME, port: PortOption = None) -> None:
    """Start NATS, PostgreSQL, S3, scheduler, projector, api and one x86 runner; stay until Ctrl-C."""
    console = Console(highlight=False)
    try:
        asyncio.run(stay(home, port, console))
    except EXPECTED as error:
        Console(stderr=True, highlight=False).print(f"mgeprof: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


async def stay(
    home: Path, port: int | None, console: Console, programs: Mapping[str, tuple[str, ...]] = PROGRAMS
) -> None:
    """Bring a stack up and keep it until SIGINT, SIGTERM or SIGHUP.

    Raises:
        HomeInUseError, PortTakenError: nothing was started.
        PartFailedError, PostgresBrokenError: a part does not come up; everything was stopped again.
    """
    stop = stop_on_signals()
    engines = tuple(installed_engines())
    with Screen(console) as screen:
        async with Stack(home, port, engines, programs, changed=screen.changed) as stack:
            screen.show(stack.keepers)
            if await unless_stopped(stack.start(), stop):
                screen.say(*announcement(stack, await connect_link(stack), await first_admin_link(stack)))
                async with examples_laid(stack, screen):
                    await unless_stopped(stack.failure(), stop)
            screen.say("stopping …")
        screen.say("stopped")


@contextlib.asynccontextmanager
async def examples_laid(stack: Stack, screen: Screen) -> AsyncIterator[None]:
    """Meanwhile the example models are built, once for a home: the dashboard offers them."""

    async def work() -> None:
        if stack.engines and not await lay(stack.home.examples, stack.engines[0].python):
            screen.say("The example models could not be built; everything else works.")

    laying = asyncio.create_task(work())
    try:
        yield
    finally:
        laying.cancel()
        await asyncio.wait([laying])


def announcement(stack: Stack, connect: str | None, first_admin: str | None) -> list[str]:
    """What a person wants to know when everything is ready, in rich's markup."""
    lines = [
        f"[bold]mgeprof is ready at {stack.url}[/]  (token: {stack.home.token_file})",
    ]
    if connect is not None:
        lines.append(f"Connect a browser, once, within 15 minutes: {connect}")
        lines.append("Another such link, later: [bold]mgeprof connect[/]")
    if first_admin is not None:
        lines.append(
            f"Nobody but the token's holder administers it. This makes an administrator, once, for a day: {first_admin}"
        )
    if not stack.engines:
        lines.append(
            "[yellow]There is no runner: no MegEngine is installed.[/] "
            "Run [bold]mgeprof engine install 1.13.0[/], then start again."
        )
    lines += [f"[yellow]{fault.variable} {fault.message}[/]" for fault in unknown(os.environ)]
    return [*lines, "Ctrl-C stops everything."]


def stop_on_signals() -> asyncio.Event:
    """An event that SIGINT, SIGTERM and SIGHUP set."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, stop.set)
    return stop


async def unless_stopped(work: Coroutine[None, None, None], stop: asyncio.Event) -> bool:
    """Do `work`, but not longer than until `stop`; whether it was done."""
    task, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        return task.done()
    finally:
        task.cancel()
        stopped.cancel()
        await asyncio.gather(task, stopped, return_exceptions=True)
