"""`mgeprof tag ls|add|rm`: words on runs and models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Everybody, Home, Json, Url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from client.groups import Tag
    from client.models import Model, Task

app = typer.Typer(no_args_is_help=True, help="Put words on runs and models, to find them by.")
Thing = Annotated[str, typer.Argument(metavar="ID", help="A run or a model.", show_default=False)]
Words = Annotated[list[str], typer.Argument(metavar="TAG...", help="One or several.", show_default=False)]


@app.command("ls")
def list_(
    everybody: Everybody = False,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List tags, the most frequent first."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.tags({"whose": "anyone" if everybody else "mine"}))
    session.show(found, lambda: table(found.items))


@app.command()
def add(thing: Thing, tags: Words, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Add tags to a run or a model."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    _show(session.run(lambda client: client.tag(thing, add=tags)), as_json)


@app.command()
def rm(thing: Thing, tags: Words, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Remove tags from a run or a model."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    _show(session.run(lambda client: client.tag(thing, remove=tags)), as_json)


def _show(changed: Task | Model, as_json: bool) -> None:
    from rich.text import Text

    from client.cli.session import Session

    Session(as_json=as_json).show(changed, lambda: Text(", ".join(changed.tags) or "No tags."))


def table(tags: Sequence[Tag]) -> RenderableType:
    """Tags, one a line."""
    from rich.text import Text

    from client.cli.tables import plain_table

    if not tags:
        return Text("No tags. Add one with `mgeprof tag add ID TAG`.")
    listed = plain_table(expand=False)
    for column in ("tag", "runs", "models"):
        listed.add_column(column, overflow="fold")
    for one in tags:
        listed.add_row(Text(one.tag), str(one.runs), str(one.models))
    return listed
