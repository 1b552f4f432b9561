"""Sweeps as rich renderables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from client.cli import units
from client.cli.render import state
from client.cli.tables import plain_table
from client.sweeps import Sweep, SweepCell


def sweep_report(found: Sweep) -> RenderableType:
    """One line for each run, the best one marked; their ids below, where they are not folded."""
    table = plain_table(expand=False)
    table.add_column("", justify="right", no_wrap=True)
    for axis in found.axes:
        table.add_column(Text(axis.name), no_wrap=True)
    table.add_column("state")
    for name in ("p50", "min", "items/s", "peak memory"):
        table.add_column(name, justify="right", no_wrap=True)
    for number, cell in enumerate(found.cells, 1):
        best = cell.task_id == found.best.task_id
        place = [Text(_value(cell.at.get(axis.name)), "bold" if best else "") for axis in found.axes]
        said = state(cell.state) if cell.state else Text("deleted", "dim")
        table.add_row(f"{number}{' *' if best else '  '}", *place, said, *_measured(cell))
    limit = (
        "" if found.best.latency_limit_s is None else f" with p50 at most {units.duration(found.best.latency_limit_s)}"
    )
    judged = Text(f"* best by {found.best.metric}{limit}", "dim") if found.best.task_id else Text()
    title = Text.assemble((found.name or found.id, "bold"), f"  {_states(found)}")
    runs = [Text(f"run {number}  {cell.task_id}", "dim") for number, cell in enumerate(found.cells, 1)]
    return Group(title, Text(found.id), table, judged, Text(), *runs)


def sweep_table(found: Iterable[Sweep]) -> RenderableType:
    """One sweep a line."""
    table = plain_table()
    table.add_column("sweep", no_wrap=True)
    table.add_column("name", overflow="fold", ratio=1)
    table.add_column("submitted", no_wrap=True)
    table.add_column("runs")
    for one in found:
        table.add_row(one.id, Text(one.name or ""), units.moment(one.created_at), _states(one))
    return table


def _measured(cell: SweepCell) -> tuple[str, ...]:
    return (
        "–" if cell.latency_p50 is None else units.duration(cell.latency_p50),
        "–" if cell.latency_min is None else units.duration(cell.latency_min),
        "–" if cell.throughput is None else f"{cell.throughput:.4g}",
        "–" if cell.peak_memory is None else units.size(cell.peak_memory),
    )


def _states(one: Sweep) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(one.states.items()))


def _value(value: object) -> str:
    return "–" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
