"""Tables of measured things, fitted to the terminal's width."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from client.cli import units
from client.profiles import Group, Operator, Totals, TypeSum

WIDE = 110
VERY_WIDE = 150
BAR = 10
# Moments, kinds of events and ids: worth nothing in pieces.
UNBROKEN = frozenset({"id", "to", "what", "when", "made", "since", "until", "last seen", "last used"})


class Fitted:
    """One of several tables, made for the width of the terminal, in characters."""

    def __init__(self, make: Callable[[int], RenderableType]) -> None:
        self._make = make

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._make(options.max_width)


def plain_table(title: str | None = None, *, expand: bool = True) -> Table:
    """A table without lines."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        header_style="dim",
        padding=(0, 1),
        pad_edge=False,
        expand=expand,
    )


def listed(columns: Sequence[str], rows: Iterable[Sequence[str]], nothing: str) -> RenderableType:
    """Words in rows, one thing a line; ``nothing`` is said, when there is none."""
    table = plain_table(expand=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in UNBROKEN)
    for row in rows:
        table.add_row(*map(Text, row))
    return table if table.row_count else Text(nothing)


def operator_table(operators: Sequence[Operator], sums: Totals, title: str = "Slowest operators") -> RenderableType:
    """Operators in the given order, each with its share of the time of all operators; with room for it also what all down to it have, and its bandwidth."""

    def make(width: int) -> RenderableType:
        wide, very = width >= WIDE, width >= VERY_WIDE
        table = plain_table(title)
        table.add_column("name", overflow="fold", ratio=1)
        if wide:
            table.add_column("type", overflow="fold")
            table.add_column("output", overflow="fold")
        _measures(table)
        for column in ("B/s", "so far") if very else ():
            table.add_column(column, justify="right", no_wrap=True)
        for one in operators:
            seconds = one.device_s if one.time_s is None else one.time_s
            measured = _measured(seconds, one.computation, sums, noisy=one.noisy is True)
            output = units.shapes(one.output_shapes)
            if very:
                table.add_row(Text(one.name), Text(one.type), output, *measured, *_more(one))
            elif wide:
                table.add_row(Text(one.name), Text(one.type), output, *measured)
            else:
                table.add_row(Text.assemble(one.name, (f"\n  {one.type}  {output}", "dim")), *measured)
        return table

    return Fitted(make)


def group_table(groups: Iterable[Group]) -> RenderableType:
    """Groups of operators in the given order."""
    table = plain_table("Groups of operators")
    table.add_column("group", overflow="fold", ratio=1)
    for column in ("count", "time", "share", "cumulative", "FLOP", "bytes"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in groups:
        named = Text.assemble(one.type or one.node or "all", (f"  {units.shapes(one.input_shapes or [])}", "dim"))
        shares = ("–" if part is None else f"{100 * part:.1f} %" for part in (one.share, one.cumulative))
        computation = units.quantity(one.computation, "") if one.computation else "–"
        memory = "–" if one.memory is None else units.size(one.memory)
        table.add_row(named, str(one.count), units.duration(one.time_s), *shares, computation, memory)
    return table


def type_table(by_type: Iterable[TypeSum], sums: Totals) -> RenderableType:
    """Sums by operator type, the slowest first."""
    table = plain_table("Time by operator type")
    table.add_column("type", overflow="fold", ratio=1)
    table.add_column("count", justify="right")
    _measures(table)
    for one in sorted(by_type, key=lambda one: -one.device_s):
        table.add_row(Text(one.type), str(one.count), *_measured(one.device_s, one.computation, sums))
    return table


def _measures(table: Table) -> None:
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("share", no_wrap=True)
    table.add_column("FLOP", justify="right", no_wrap=True)
    table.add_column("FLOP/s", justify="right", no_wrap=True)


def _measured(
    device_s: float | None, computation: float | None, sums: Totals, *, noisy: bool = False
) -> tuple[RenderableType, ...]:
    seconds = device_s or 0.0
    return (
        "–" if device_s is None else f"{'~' if noisy else ''}{units.duration(device_s)}",
        share(seconds, sums.device_s),
        units.quantity(computation, "") if computation else "–",
        units.rate(computation, seconds, "").removesuffix("/s") if computation else "–",
    )


def _more(one: Operator) -> tuple[str, str]:
    rate = "–" if one.bandwidth is None else units.quantity(one.bandwidth, "")
    return rate, "–" if one.cumulative is None else f"{100 * one.cumulative:.1f} %"


def share(part: float, whole: float) -> Text:
    """A bar and its percentage."""
    return Text.assemble((f"{units.bar(part, whole, BAR):<{BAR}}", "cyan"), f" {units.percent(part, whole):>7}")
