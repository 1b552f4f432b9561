"""`mgeprof admin runs …`: everybody's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.options import Home, Json, Url, Yes
from client.cli.runs import ls

if TYPE_CHECKING:
    from client.administration import Cancelled
    from client.client import Client

app = typer.Typer(no_args_is_help=True, help="List everybody's runs, and cancel many of them.")


@app.command("ls")
def list_(
    state: Annotated[list[str] | None, typer.Option(help="Only runs in this state; may be repeated.")] = None,
    search: Annotated[str | None, typer.Option("--search", "-q", metavar="TEXT", help="In names and ids.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    cursor: Annotated[str | None, typer.Option(help="Go on behind an earlier list.", show_default=False)] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List everybody's runs, newest first; `mgeprof ls --everybody` has more filters."""
    ls(state=state, search=search, everybody=True, limit=limit, cursor=cursor, as_json=as_json, url=url, home=home)


@app.command()
def cancel(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="These runs.", show_default=False)] = None,
    owner: Annotated[list[str] | None, typer.Option(metavar="ACCOUNT", help="Whose; may be repeated.")] = None,
    platform: Annotated[list[str] | None, typer.Option(help="On x86, cuda or arm.", show_default=False)] = None,
    model: Annotated[list[str] | None, typer.Option(metavar="ID", help="Of this model.", show_default=False)] = None,
    state: Annotated[list[str] | None, typer.Option(help="In this state, such as queued.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--everything", help="All that wait or run.")] = False,
    yes: Yes = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Cancel many runs of anybody: those that all the options name."""
    asked = {"ids": ids, "platform": platform, "model": model, "state": state}
    which: dict[str, Any] = {field: value for field, value in asked.items() if value}
    if not (which or owner or everything):
        raise typer.BadParameter("Say which: ids, --owner, --platform, --model, --state, or --everything.")
    which["everything"] = everything
    if not yes:
        typer.confirm("Cancel all of them that wait or run?", abort=True, err=True)

    from client.cli.session import Session

    session = Session(url, home, as_json)
    gone = session.run(lambda client: _cancel(client, which, owner or []))
    if as_json:
        session.write_json({"cancelled": gone})
    else:
        typer.echo("\n".join(gone) if gone else "Nothing waits or runs that is as asked for.")


async def _cancel(client: Client, which: dict[str, Any], owners: list[str]) -> list[str]:
    """Until none remains: the server takes 200 at a time."""
    if owners:
        which["owner"] = [(await client.administration.user(one)).id for one in owners]
    gone: list[str] = []
    while True:
        done: Cancelled = await client.administration.cancel_many(which)
        gone += done.cancelled
        if not (done.remaining and done.cancelled):
            return gone
