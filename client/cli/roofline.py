"""`mgeprof roofline`: how near operators come to what the device can do."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from client.profiles import Peaks, Profile, Roofline

    _Row = tuple[Text, float | None, Roofline | None]

_ABOVE = "Above 100 %: the data are in a cache, the algorithm saves operations, or the peaks were measured while the device was busy."

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class GroupBy(StrEnum):
    TYPE = "type"
    SHAPE = "shape"


@app.command()
def roofline(
    task_id: TaskId,
    top: Annotated[
        int | None, typer.Option(min=1, help="How many operators; 20 for people, all for --json.", show_default=False)
    ] = None,
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only operators of this type; may be repeated.", show_default=False),
    ] = None,
    group_by: Annotated[
        GroupBy | None, typer.Option(help="Show groups of operators instead of single ones.", show_default=False)
    ] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show how near the slowest operators of a completed run come to what its device can do, and what holds them up."""
    from client.cli.session import Session

    shown = top if top is not None or as_json else 20
    asked = {"top": shown, "type": type_, "group_by": None if group_by is None else group_by.value}
    session = Session(url, home, as_json)
    found = session.run(lambda client: client.profile(task_id, asked))
    session.show(found, lambda: roofline_report(found))


def roofline_report(found: Profile) -> RenderableType:
    """The device's peaks, then the slowest operators (or groups) of the profile against them."""
    from rich.console import Group
    from rich.text import Text

    from client.cli.tables import WIDE, Fitted

    if found.peaks is None:
        return Text("The peaks of this run's device are not known, so there is no roofline. See `mgeprof devices`.")
    rows = _rows(found)
    table = Fitted(lambda width: _table(rows, "operator" if found.groups is None else "group", wide=width >= WIDE))
    above = any(one is not None and (one.of_attainable or 0.0) > 1.0 for _, _, one in rows)
    return Group(_head(found.peaks), Text(), table, Text(_ABOVE if above else "", "dim"))


def _table(rows: Sequence[_Row], first: str, *, wide: bool) -> Table:
    """With room for it also the shares of either peak."""
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table, share

    table = plain_table()
    table.add_column(first, overflow="fold", ratio=1)
    for column in ("time", "FLOP/B", *(("of peak FLOP/s", "of peak B/s") if wide else ()), "bound"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("of what it could reach" if wide else "reached", no_wrap=True)
    for name, seconds, one in rows:
        time = "–" if seconds is None else units.duration(seconds)
        if one is None:
            table.add_row(name, time)
            continue
        reached = Text("–") if one.of_attainable is None else share(one.of_attainable, 1.0)
        shares = map(_percent, (one.of_peak_flops, one.of_peak_bandwidth)) if wide else ()
        table.add_row(name, time, _intensity(one), *shares, one.bound or "–", reached)
    return table


def _head(peaks: Peaks) -> Text:
    from rich.text import Text

    from client.cli import units

    ridge = peaks.flops / peaks.bandwidth
    return Text(
        f"At best the engine reached {units.quantity(peaks.flops, 'FLOP/s')} and {units.quantity(peaks.bandwidth, 'B/s')} on this device: "
        f"operators below {ridge:.3g} FLOP/B are bound by memory, those above by computation."
    )


def _rows(found: Profile) -> list[_Row]:
    from rich.text import Text

    from client.cli import units

    if found.groups is None:
        return [(Text(one.name), one.device_s, one.roofline) for one in found.operators]
    return [
        (
            Text.assemble(one.type or "all", (f"  {units.shapes(one.input_shapes or [])}", "dim")),
            one.time_s,
            one.roofline,
        )
        for one in found.groups
    ]


def _intensity(one: Roofline) -> str:
    return "–" if one.intensity is None else f"{one.intensity:.3g}"


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.1f} %"
