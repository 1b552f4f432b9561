"""`mgeprof share …` and `mgeprof visibility`: who may look at what one made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.models import Task
    from client.sharing import Link, LinkList

app = typer.Typer(no_args_is_help=True, help="Links that open one run, to look at, to whoever has them.")


@app.command()
def create(
    task_id: TaskId,
    days: Annotated[float, typer.Option(min=0.01, max=366, help="For how long.", metavar="N")] = 30.0,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Make a link, and print it, this once. It opens the run with its profile and its files."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    made = session.run(lambda client: client.share(task_id, days))
    if as_json:
        session.write_json(made.document)
    else:
        typer.echo(made.url)


@app.command("ls")
def list_(task_id: TaskId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List the links to a run, also those that are over."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.links(task_id))
    session.show(page, lambda: table(page))


@app.command()
def revoke(
    task_id: TaskId,
    link: Annotated[str, typer.Argument(metavar="LINK", help="The link's id.", show_default=False)],
    url: Url = None,
    home: Home = None,
) -> None:
    """Revoke a link: it opens nothing any more."""
    from client.cli.session import Session

    Session(url, home).run(lambda client: client.revoke_link(task_id, link))


@app.command("open")
def open_(
    link: Annotated[str, typer.Argument(metavar="LINK", help="The whole address.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Open a link that somebody gave you: from then on the other commands show this run, too, without an account."""
    from client.cli import render
    from client.cli.session import Session

    session = Session(None, None, as_json)
    task = session.do(lambda: _opened(link))
    session.show(task, lambda: render.report(task, None))


async def _opened(link: str) -> Task:
    from client.client import Client
    from client.connection import find_connection
    from client.credentials import Credentials
    from client.sharing import open_link, read_link

    server, secret = read_link(link)
    opened = await open_link(server, secret)
    Credentials().keep_link(server, opened.task_id, secret)
    async with Client(find_connection(server)) as client:
        return await client.task(opened.task_id)


def table(page: LinkList) -> RenderableType:
    """Links, one a line."""
    from client.cli import units
    from client.cli.tables import listed

    rows = (
        [_standing(one), *map(units.moment, (one.created_at, one.expires_at, one.last_used_at)), one.id]
        for one in page.items
    )
    return listed(
        ("link", "made", "until", "last used", "id"), rows, "No links. Make one with `mgeprof share create ID`."
    )


def _standing(one: Link) -> str:
    if one.open:
        return "open"
    return "revoked" if one.revoked_at else "over"
