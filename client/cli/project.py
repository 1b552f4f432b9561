"""`mgeprof project …`: group runs and models by project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.options import Everybody, Home, Json, Url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from client.client import Client
    from client.groups import Project

app = typer.Typer(no_args_is_help=True, help="Group runs and models by project.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The project's name or id.", show_default=False)]
Things = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of runs and models.", show_default=False)]


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.", show_default=False)],
    team: Annotated[bool, typer.Option("--team", help="Let everybody who has an account put runs into it.")] = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Make a project."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    made = session.run(lambda client: client.create_project(name, "team" if team else "private"))
    session.show(made, lambda: table([made]))


@app.command("ls")
def list_(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    everybody: Everybody = False,
    archived: Annotated[bool, typer.Option("--archived", help="Those that are archived, too.")] = False,
    search: Annotated[
        str | None,
        typer.Option("--search", "-q", metavar="TEXT", help="Only projects whose name holds this.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50,
    cursor: Annotated[
        str | None, typer.Option(help="Go on behind an earlier list: its next_cursor.", show_default=False)
    ] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List projects by name, with how much is in them."""
    from client.cli.session import Session

    filters = {
        "whose": "anyone" if everybody else "mine",
        "archived": "true" if archived else None,
        "q": search,
        "limit": limit,
        "cursor": cursor,
    }
    session = Session(url, home, as_json)
    page = session.run(lambda client: client.projects(filters))
    session.show(page, lambda: table(page.items))
    session.tell_more(page.next_cursor)


@app.command()
def rename(
    name: Name,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The new name.", show_default=False)],
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Give a project another name."""
    _change(name, {"name": new}, as_json, url, home)


@app.command()
def archive(name: Name, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Put a project away: it is listed no more and takes nothing in."""
    _change(name, {"archived": True}, as_json, url, home)


@app.command()
def restore(name: Name, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Take a project out of the archive."""
    _change(name, {"archived": False}, as_json, url, home)


@app.command()
def rm(name: Name, url: Url = None, home: Home = None) -> None:
    """Delete a project; the runs and models in it stay."""
    from client.cli.session import Session

    async def work(client: Client) -> None:
        await client.delete_project((await client.project(name)).id)

    Session(url, home).run(work)


@app.command()
def add(name: Name, things: Things, url: Url = None, home: Home = None) -> None:
    """Put runs and models into a project."""
    from client.cli.session import Session

    async def work(client: Client) -> None:
        project = await client.project(name)
        for thing in things:
            await client.move(thing, project.id)

    Session(url, home).run(work)


@app.command()
def take_out(things: Things, url: Url = None, home: Home = None) -> None:
    """Take runs and models out of the project that they are in."""
    from client.cli.session import Session

    async def work(client: Client) -> None:
        for thing in things:
            await client.move(thing, None)

    Session(url, home).run(work)


def _change(name: str, changes: dict[str, Any], as_json: bool, url: Url, home: Home) -> None:
    from client.cli.session import Session

    async def work(client: Client) -> Project:
        return await client.change_project((await client.project(name)).id, **changes)

    session = Session(url, home, as_json)
    changed = session.run(work)
    session.show(changed, lambda: table([changed]))


def table(projects: Sequence[Project]) -> RenderableType:
    """Projects, one a line."""
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    if not projects:
        return Text("No projects. Make one with `mgeprof project create NAME`.")
    listed = plain_table(expand=False)
    for column in ("name", "runs", "models", "shown to", "created", "id"):
        listed.add_column(column, overflow="fold", no_wrap=column == "id")
    for one in projects:
        shown = "the team" if one.visibility == "team" else "its owner"
        listed.add_row(
            Text.assemble(one.name, (" (archived)" if one.archived else "", "dim")),
            str(one.runs),
            str(one.models),
            shown,
            units.moment(one.created_at),
            one.id,
        )
    return listed
