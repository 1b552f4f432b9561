"""`mgeprof memory`: what occupies memory at a run's peak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.memory import Memory

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def memory(
    task_id: TaskId,
    top: Annotated[int, typer.Option(min=1, help="How many of what is alive at the peak.")] = 20,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show what of a completed run's graph is in memory at its peak."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    found = session.run(lambda client: client.memory(task_id))
    session.show(found, lambda: memory_report(found, top))


def memory_report(found: Memory, top: int) -> RenderableType:
    """The peak and its parts, then what is alive at it, largest first."""
    from rich.console import Group
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    at = "" if found.peak_step is None else f" at step {found.peak_step} of {len(found.steps)}"
    parts = f"{units.size(found.kept)} kept (weights), {units.size(found.reclaimed)} for a while"
    outside = f", {units.size(found.outside)} from outside" if found.outside else ""
    lines = [Text(f"The graph's peak: {units.size(found.peak)}{at}: {parts}{outside}")]
    if found.measured is not None:
        lines.append(Text(f"The process's peak: {units.size(found.measured)} resident, the engine included"))
    table = plain_table(f"Alive at the peak, {min(top, len(found.alive))} of {len(found.alive)}")
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("")
    table.add_column("variable", overflow="fold", ratio=1)
    table.add_column("of operator", overflow="fold", ratio=1)
    for one in found.alive[:top]:
        kept = "kept" if one.kept else ""
        table.add_row(units.size(one.size), kept, Text(one.variable), Text(one.name or one.operator))
    return Group(*lines, Text(), table)
