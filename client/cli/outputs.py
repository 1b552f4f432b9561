"""`mgeprof outputs`: what a run computed, and whether another one computed the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.outputs import OutputComparison, Outputs

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def outputs(
    task_id: TaskId,
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="Hold it against this run.", show_default=False)
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0.0, help="Largest relative difference that still counts as equal.")
    ] = 0.0,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show the outputs that a run kept (--output-dumps, --output-rms), or compare them with another run's; exit code 1 when they differ."""
    from client.cli.session import Session

    session = Session(url, home, as_json)
    if other is None:
        kept = session.run(lambda client: client.outputs(task_id))
        session.show(kept, lambda: outputs_report(kept))
        return
    found = session.run(lambda client: client.compare_outputs(task_id, other, tolerance=tolerance))
    session.show(found, lambda: comparison_report(found))
    if found.first_diverging is not None:
        raise typer.Exit(1)


def outputs_report(found: Outputs) -> RenderableType:
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    table = plain_table("Outputs")
    table.add_column("name", overflow="fold", ratio=1)
    table.add_column("dtype")
    table.add_column("shape")
    table.add_column("RMS", justify="right")
    table.add_column("artifact")
    for one in found.outputs:
        table.add_row(Text(one.name), one.dtype, units.shape(one.shape), _figure(one.rms), one.file or "")
    return table


def comparison_report(found: OutputComparison) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from client.cli.tables import plain_table

    table = plain_table("Outputs")
    table.add_column("name", overflow="fold", ratio=1)
    for column in ("differing", "largest difference", "relative", "RMS of it", "RMS of the first"):
        table.add_column(column, justify="right")
    for one in found.outputs:
        counts = (
            "other form" if not one.same_form else "-" if one.elements is None else f"{one.differing} of {one.elements}"
        )
        figures = (one.max_abs, one.max_rel, one.rms, one.rms_a)
        table.add_row(Text(one.name), counts, *map(_figure, figures))
    if found.first_diverging is not None:
        verdict = Text(f"First diverging: {found.first_diverging}", "red")
    else:
        verdict = Text(
            "No output differs." if not found.tolerance else f"No output differs by more than {found.tolerance:g}.",
            "green",
        )
    only = [
        Text(f"Only in run {run}: {', '.join(names)}", "dim")
        for run, names in ((found.a, found.only_a), (found.b, found.only_b))
        if names
    ]
    return Group(table, verdict, *only)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
