"""`mgeprof keys create|ls|revoke`: what lets programs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.account import ScopeOption, ask_password
from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from client.account import Key
    from client.client import Client

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke keys.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.", show_default=False)],
    scope: ScopeOption = None,
    days: Annotated[float, typer.Option("--days", min=0, max=3650, help="For how long; 0: for ever.")] = 365.0,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Make a key for a program, and print it, this once. It may read and submit, unless told otherwise; asks for your password."""
    from client.cli.session import Session

    session = Session(url, home, as_json)

    async def make(client: Client) -> Key:
        from client import account

        me = await client.account.me()
        if me.via != "key":
            return await client.account.create_key(name, scope, days or None)
        password = ask_password(f"Password of {me.name}")
        async with account.session(client.http.connection.url, me.name, password) as mine:
            return await mine.create_key(name, scope, days or None)

    made = session.run(make)
    if as_json:
        session.write_json(made.document)
    else:
        typer.echo(made.key)


@app.command("ls")
def list_(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List your keys."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.account.keys())
    session.show(page, lambda: table(page.items))


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="The key's id.", show_default=False)],
    url: Url = None,
    home: Home = None,
) -> None:
    """Revoke a key; it is worth nothing from then on."""
    from client.cli.session import Session

    Session(url, home).run(lambda client: client.account.revoke_key(key))


def table(keys: Sequence[Key]) -> RenderableType:
    """Keys, one a line; says what to do when there is none."""
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    if not keys:
        return Text("No keys. Make one with `mgeprof keys create NAME`.")
    shown = plain_table(expand=False)
    for column in ("name", "key", "may", "made", "until", "last used", "id"):
        shown.add_column(column, overflow="fold")
    for one in keys:
        moments = (one.created_at, one.expires_at, one.last_used_at)
        shown.add_row(Text(one.name), f"{one.beginning}…", ", ".join(one.scopes), *map(units.moment, moments), one.id)
    return shown
