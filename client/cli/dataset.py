"""`mgeprof dataset create|ls|rm`: named sets of inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.cli.gathered import gathered
from client.cli.input_options import Given, InputOptions
from client.cli.options import Everybody, Home, Json, Url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from client.cli.session import Session
    from client.client import Client
    from client.models import Dataset

app = typer.Typer(no_args_is_help=True, help="Name sets of inputs, to be used by many runs.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="The dataset's name or id.", show_default=False)]


@app.command()
@gathered
def create(name: Name, inputs: InputOptions, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Upload inputs and give them a name."""
    from client.cli.session import Session

    wanted, session = inputs.given(), Session(url, home, as_json)
    made = session.run(lambda client: _create(client, name, wanted, session))
    session.show(made, lambda: table([made]))


async def _create(client: Client, name: str, wanted: Given, session: Session) -> Dataset:
    from client.cli.given import bring

    return await client.create_dataset(name, await bring(client, wanted, session))


@app.command("ls")
def list_(everybody: Everybody = False, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """List datasets."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    page = session.run(lambda client: client.datasets({"whose": "anyone" if everybody else None}))
    session.show(page, lambda: table(page.items))


@app.command()
def show(name: Name, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show a dataset: each of its inputs, and where it comes from."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.dataset(name))
    session.show(found, lambda: card(found))


@app.command()
def rm(name: Name, url: Url = None, home: Home = None) -> None:
    """Forget a dataset; its inputs, and the runs that used it, stay."""
    from client.cli.session import Session

    async def work(client: Client) -> None:
        await client.delete_dataset((await client.dataset(name)).id)

    Session(url, home).run(work)


def table(datasets: Sequence[Dataset]) -> RenderableType:
    """Datasets, one a line."""
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    if not datasets:
        return Text("No datasets. Make one with `mgeprof dataset create NAME --data NAME=FILE`.")
    listed = plain_table(expand=False)
    for column in ("name", "inputs", "archives"):
        listed.add_column(column, overflow="fold")
    for column in ("created", "id"):
        listed.add_column(column, no_wrap=True)
    for one in datasets:
        names = ", ".join([*one.inputs, *(f"{name} ({how['distribution']})" for name, how in one.random.items())])
        listed.add_row(Text(one.name), Text(names), str(len(one.archives)), units.moment(one.created_at), one.id)
    return listed


def card(dataset: Dataset) -> RenderableType:
    """One dataset, an input a line."""
    from rich.table import Table
    from rich.text import Text

    from client.cli import units

    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("dataset", Text(dataset.name, "bold"))
    facts.add_row("id", dataset.id)
    facts.add_row("created", units.moment(dataset.created_at))
    for name, file in dataset.inputs.items():
        facts.add_row(
            "input", Text.assemble(name, f" = file {file}", (f"  {_told(dataset.readings.get(name))}", "dim"))
        )
    for name, recipe in dataset.random.items():
        facts.add_row("input", Text(f"{name} = random: {_told(recipe)}"))
    for archive in dataset.archives:
        facts.add_row("inputs", Text(f"each array of archive {archive}"))
    return facts


def _told(recipe: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{key} {value}" for key, value in (recipe or {}).items() if value is not None)
