"""`mgeprof graph`: the graph that ran, beside the model's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.graph import RunGraph

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def graph(task_id: TaskId, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show the operators that really ran, in their order, and which operators of the model's file they are."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.graph(task_id))
    session.show(found, lambda: graph_report(found))


def graph_report(found: RunGraph) -> RenderableType:
    """One operator a line; then what of the file did not run as such."""
    from rich.console import Group
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    table = plain_table("Operators that ran")
    table.add_column("name", overflow="fold", ratio=1)
    table.add_column("type", overflow="fold")
    table.add_column("gives", overflow="fold")
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("in the file", overflow="fold", ratio=1)
    for one in found.nodes:
        shapes = ", ".join(units.shape(each.shape) for each in one.outputs if each.shape and not each.workspace)
        time = "" if one.device_s is None else units.duration(one.device_s)
        own = Text("-", "dim") if one.file_operator is None else Text(one.file_operator.name)
        table.add_row(Text(one.name), one.type, shapes, time, own)
    lines = [Text(f"{len(found.nodes)} operators ran; {len(found.unmapped)} of them are none of the file's.")]
    if not found.inspected:
        lines = [Text("The model was not inspected yet, so nothing is known of the file's own operators.", "yellow")]
    if found.not_run:
        names = ", ".join(f"{one.name} ({one.type})" for one in found.not_run)
        lines.append(Text(f"Of the file, fused into others or folded away: {names}", "dim"))
    return Group(table, Text(), *lines)
