"""`mgeprof delete …`: runs, their files, models, inputs. Nothing brings them back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Url, Yes

if TYPE_CHECKING:
    from pathlib import Path

    from client.client import Client

app = typer.Typer(no_args_is_help=True, help="Delete runs, files of runs, models, inputs.")
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="One id or several.", show_default=False)]


@app.command()
def run(ids: Ids, yes: Yes = False, url: Url = None, home: Home = None) -> None:
    """Delete runs that have ended, with their names, links, profiles and files."""
    _delete("run", ids, yes, url, home, lambda client: client.delete_task)


@app.command()
def files(ids: Ids, yes: Yes = False, url: Url = None, home: Home = None) -> None:
    """Delete the files of runs that have ended, their profiles among them. Totals and histories stay."""
    _delete("files of run", ids, yes, url, home, lambda client: client.delete_files)


@app.command()
def model(ids: Ids, yes: Yes = False, url: Url = None, home: Home = None) -> None:
    """Delete models. Runs that they were measured in stay, without their names."""
    _delete("model", ids, yes, url, home, lambda client: client.delete_model)


@app.command("input")
def input_(ids: Ids, yes: Yes = False, url: Url = None, home: Home = None) -> None:
    """Delete inputs that no dataset holds."""
    _delete("input", ids, yes, url, home, lambda client: client.delete_input)


def _delete(
    what: str,
    ids: list[str],
    yes: bool,
    url: str | None,
    home: Path | None,
    how: Callable[[Client], Callable[[str], Awaitable[None]]],
) -> None:
    from client.cli.session import Session

    if not yes:
        named = ids[0] if len(ids) == 1 else f"{len(ids)} of them"
        typer.confirm(f"Delete {what} {named}? Nothing brings it back.", abort=True, err=True)

    async def work(client: Client) -> None:
        for one in ids:
            await how(client)(one)

    Session(url, home).run(work)
