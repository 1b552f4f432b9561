"""From a command to the server and back: one event loop, one client, errors as text and exit codes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import stamina.instrumentation
import typer
from rich.console import Console, RenderableType
from rich.text import Text

from client.cli import render, units
from client.client import Client
from client.connection import find_connection
from client.errors import ClientError, ProblemError
from client.resource import Resource

Result = TypeVar("Result")
INTERRUPTED = 130


@dataclass(frozen=True)
class Session:
    """Where a command finds the server, and where it writes: results to stdout, everything else to stderr."""

    url: str | None = None
    home: Path | None = None
    as_json: bool = False

    @property
    def out(self) -> Console:
        return Console(highlight=False)

    @property
    def aside(self) -> Console:
        return Console(stderr=True, highlight=False)

    def run(self, work: Callable[[Client], Awaitable[Result]]) -> Result:
        """Do something with a client.

        Raises:
            typer.Exit: 1 when it cannot be done; the reason is on stderr.
        """
        return self.do(lambda: self._with_client(work))

    def do(self, work: Callable[[], Coroutine[None, None, Result]]) -> Result:
        """Do something that finds its own way to the server. Raises as `run`."""
        try:
            return asyncio.run(work())
        except ProblemError as error:
            self.aside.print(render.problem(error))
        except (ClientError, OSError) as error:
            self.aside.print(Text(str(error), "red"))
        raise typer.Exit(1)

    def server(self) -> str:
        """The address of the server. Raises typer.Exit: 1 when none is known."""
        try:
            return find_connection(self.url, home=self.home).url
        except ClientError as error:
            self.aside.print(Text(str(error), "red"))
        raise typer.Exit(1)

    def say(self, text: str) -> None:
        """A line for people."""
        self.aside.print(text, markup=False, soft_wrap=True)

    def tell_more(self, cursor: str | None) -> None:
        """That a list goes on, and how to go on with it."""
        if cursor and not self.as_json:
            self.say(f"There are more: add --cursor {cursor}")

    def show(self, resource: Resource, view: Callable[[], RenderableType]) -> None:
        """Print a resource: its JSON document for programs, a view for people."""
        if self.as_json:
            self.write_json(resource.document)
        else:
            # Only what must not be folded (addresses) is wider than the console.
            self.out.print(view(), crop=False)

    @staticmethod
    def write_json(document: Any, indent: int | None = 2) -> None:
        typer.echo(json.dumps(document, ensure_ascii=False, indent=indent))

    async def _with_client(self, work: Callable[[Client], Awaitable[Result]]) -> Result:
        # The default hook may log to stdout, where only results belong.
        stamina.instrumentation.set_on_retry_hooks([self._say_retry])
        async with Client.find(self.url, home=self.home) as client:
            return await work(client)

    def _say_retry(self, details: stamina.instrumentation.RetryDetails) -> None:
        # A blink of the connection is nobody's concern.
        if details.waited_so_far + details.wait_for > 1.0:
            self.aside.print(Text(f"No answer; trying again in {units.duration(details.wait_for)}", "dim"))
