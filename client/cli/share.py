"""`mgeprof share …` and `mgeprof visibility`: who may look at what one made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.sharing import Link, LinkList, Opened

app = typer.Typer(no_args_is_help=True, help="Links that open a run or a sweep, to look at, to whoever has them.")

Id = Annotated[str, typer.Argument(metavar="ID", help="The run's id, or with --sweep the sweep's.", show_default=False)]
OfSweep = Annotated[bool, typer.Option("--sweep", help="ID is a sweep's: all of its runs.")]


@app.command()
def create(
    id_: Id,
    of_sweep: OfSweep = False,
    days: Annotated[float, typer.Option(min=0.01, max=366, help="For how long.", metavar="N")] = 30.0,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Make a link, and print it, this once. It opens the run with its profile and its files; of a sweep, all of its runs."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    made = session.run(lambda client: (client.share_sweep if of_sweep else client.share)(id_, days))
    if as_json:
        session.write_json(made.document)
    else:
        typer.echo(made.url)


@app.command("ls")
def list_(id_: Id, of_sweep: OfSweep = False, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List the links to a run or a sweep, also those that are over."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: (client.sweep_links if of_sweep else client.links)(id_))
    session.show(page, lambda: table(page))


@app.command()
def revoke(
    id_: Id,
    link: Annotated[str, typer.Argument(metavar="LINK", help="The link's id.", show_default=False)],
    of_sweep: OfSweep = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Revoke a link: it opens nothing any more."""
    from client.cli.session import Session

    session = Session(url, home)
    session.run(lambda client: (client.revoke_sweep_link if of_sweep else client.revoke_link)(id_, link))


@app.command("open")
def open_(
    link: Annotated[str, typer.Argument(metavar="LINK", help="The whole address.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Open a link that somebody gave you: from then on the other commands show this run or sweep, too, without an account."""
    from client.cli import render
    from client.cli.session import Session
    from client.cli.sweep_tables import sweep_report

    session = Session(None, None, as_json)
    server, opened = session.do(lambda: _opened(link))
    session = Session(server, None, as_json)
    if opened.task_id is not None:
        task_id = opened.task_id
        task = session.run(lambda client: client.task(task_id))
        session.show(task, lambda: render.report(task, None))
    else:
        sweep = session.run(lambda client: client.sweep(opened.sweep_id or ""))
        session.show(sweep, lambda: sweep_report(sweep))


async def _opened(link: str) -> tuple[str, Opened]:
    from client.credentials import Credentials
    from client.sharing import open_link, read_link

    server, secret = read_link(link)
    opened = await open_link(server, secret)
    Credentials().keep_link(server, [*opened.tasks, *filter(None, [opened.sweep_id])], secret)
    return server, opened


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
