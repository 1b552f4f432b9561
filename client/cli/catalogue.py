"""`mgeprof devices` and `mgeprof models`: what there is to run on and to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli import group_options
from client.cli.options import Everybody, Home, Json, Url

if TYPE_CHECKING:
    from client.client import Client
    from client.models import ModelPage


def devices(as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List the devices that take runs, and the engines that they offer."""
    from client.cli.lists import device_table
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.runners())
    session.show(page, lambda: device_table(page.items))


def models(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    project: group_options.Project = None,
    tag: group_options.Tag = None,
    everybody: Everybody = False,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 50,
    cursor: Annotated[
        str | None, typer.Option(help="Go on behind an earlier list: its next_cursor.", show_default=False)
    ] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List the uploaded models, newest first."""
    from client.cli.lists import model_table
    from client.cli.session import Session

    session = Session(url, home, as_json)
    filters = {"tag": tag, "whose": "anyone" if everybody else None, "limit": limit, "cursor": cursor}

    async def work(client: Client) -> ModelPage:
        return await client.models({**filters, **await group_options.grouped(client, project, None)})

    page = session.run(work)
    session.show(page, lambda: model_table(page.items))
    session.tell_more(page.next_cursor)
