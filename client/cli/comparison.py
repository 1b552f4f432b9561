"""A comparison of runs as rich renderables."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from client.cli import units
from client.cli.tables import plain_table
from client.profiles import ComparedRun, Comparison, Difference


def comparison_report(found: Comparison) -> RenderableType:
    """Totals of each run, then the operators that changed most. A star marks what is significant over the passes."""
    return Group(
        # Beside figures an id would be folded, and could not be copied.
        *(
            Text(f"run {number}  {one.task_id}  {one.engine} on {one.platform}")
            for number, one in enumerate(found.runs, 1)
        ),
        Text(),
        _totals(found.runs),
        Text(),
        _operators(found),
        Text("* differs significantly between these runs (rank-sum test over the passes, p at most 0.01)", "dim"),
        *(_unmatched(number, one) for number, one in enumerate(found.runs, 1) if one.compared.unmatched),
    )


def _totals(runs: list[ComparedRun]) -> RenderableType:
    table = plain_table("Runs", expand=False)
    table.add_column("run", no_wrap=True)
    for column in ("end to end", "", "operators", "", "slower", "faster", "by chance"):
        table.add_column(column, justify="right", no_wrap=True)
    for number, one in enumerate(runs, 1):
        totals = one.compared
        table.add_row(
            str(number),
            _seconds(totals.end_to_end),
            change(totals.end_to_end),
            _seconds(totals.device),
            change(totals.device),
            str(totals.slower),
            str(totals.faster),
            f"{totals.by_chance:.1f}",
        )
    return table


def _operators(found: Comparison) -> RenderableType:
    table = plain_table(f"Operators, {len(found.operators)} of {found.matching}")
    table.add_column("name", overflow="fold", ratio=1)
    table.add_column("type", overflow="fold")
    for number in range(1, len(found.runs) + 1):
        table.add_column(f"run {number}", justify="right", no_wrap=True)
    for one in found.operators:
        cells = [Text("-") if cell is None else Text.assemble(_seconds(cell), " ", change(cell)) for cell in one.runs]
        table.add_row(Text(one.name), Text(one.type), *cells)
    return table


def change(one: Difference) -> Text:
    """``+12.3 %*``; nothing for the first run itself."""
    if one.ratio is None or one.delta_s == 0:
        return Text()
    star = "*" if one.significant else ""
    return Text(
        f"{100 * (one.ratio - 1):+.1f} %{star}", "red" if one.ratio > 1 and star else "green" if star else "dim"
    )


def _seconds(one: Difference) -> str:
    return "-" if one.value_s is None else units.duration(one.value_s)


def _unmatched(number: int, one: ComparedRun) -> Text:
    names = [str(operator.get("name")) for operator in one.compared.unmatched]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return Text(f"Only in run {number}: {', '.join(names[:5])}{more}", "dim")
