"""`mgeprof options`: which options of a measurement work where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.options import OptionList

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command("options")
def offered(
    platform: Annotated[str, typer.Option(help="x86, cuda or arm.", show_default=False)],
    engine: Annotated[str, typer.Option(help="A MegEngine version.", show_default=False)],
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """List the options of a measurement: what each does, and whether it works with this engine on this platform."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.options(platform, engine))
    session.show(found, lambda: options_report(found))


def options_report(found: OptionList) -> RenderableType:
    """One option a line, by the name of its flag."""
    from rich.text import Text

    from client.cli.run_options import spelt
    from client.cli.tables import plain_table

    table = plain_table()
    table.add_column("option", no_wrap=True)
    table.add_column("works", no_wrap=True)
    table.add_column("default", no_wrap=True)
    table.add_column("what it does", overflow="fold", ratio=1)
    for one in found.items:
        works = Text("yes", "green") if one.works else Text("no", "red")
        default = "" if one.default is None or one.default is False else str(one.default)
        table.add_row(spelt(one.name), works, default, Text.assemble(one.explanation, (f" {one.reason or ''}", "dim")))
    return table
