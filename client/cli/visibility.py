"""`mgeprof visibility`: show something to the team, or keep it to oneself."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from client.cli.options import Home, Json, Url

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Kind(StrEnum):
    """What has a visibility."""

    RUN = "run"
    MODEL = "model"
    DATASET = "dataset"
    SWEEP = "sweep"
    PROJECT = "project"


class Level(StrEnum):
    """Who sees it: its owner and administrators, or everybody who has an account."""

    PRIVATE = "private"
    TEAM = "team"


@app.command()
def visibility(
    kind: Annotated[Kind, typer.Argument(help="What it is.", show_default=False)],
    thing: Annotated[
        str, typer.Argument(metavar="ID", help="Its id; of a dataset or project also its name.", show_default=False)
    ],
    level: Annotated[Level, typer.Argument(help="Who sees it.", show_default=False)],
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show a run, a model, a dataset, a project or all runs of a sweep to the team, or to nobody else."""
    from client.cli.session import Session
    from client.client import Client
    from client.sharing import Shown

    async def work(client: Client) -> Shown:
        found = thing
        if kind is Kind.DATASET:
            found = (await client.dataset(thing)).id
        elif kind is Kind.PROJECT:
            found = (await client.project(thing)).id
        return await client.show_to(kind, found, level)

    session = Session(url, home, as_json)
    shown = session.run(work)
    session.show(shown, lambda: f"{shown.id} is {shown.visibility}")
