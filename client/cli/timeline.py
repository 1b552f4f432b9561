"""`mgeprof timeline`: when each operator ran."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.options import Home, Json, TaskId, Url

if TYPE_CHECKING:
    from rich.console import RenderableType

    from client.timeline import Span, Timeline

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

BAR = 40


class Side(StrEnum):
    DEVICE = "device"
    HOST = "host"


@app.command()
def timeline(  # noqa: PLR0913, PLR0917  (a command's parameters are its options)
    task_id: TaskId,
    side: Annotated[Side, typer.Option(help="Computing nodes of the device, or threads of the host.")] = Side.DEVICE,
    top: Annotated[int, typer.Option(min=1, help="How many operators, the longest of those in sight.")] = 40,
    since: Annotated[float, typer.Option("--from", metavar="SECONDS", min=0.0, help="Show from here on.")] = 0.0,
    until: Annotated[
        float | None, typer.Option("--to", metavar="SECONDS", min=0.0, help="Show up to here.", show_default=False)
    ] = None,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Show when each operator of a completed run ran, on each computing node or host thread, in one profiled pass."""
    from client.cli.session import Session

    if until is not None and until <= since:
        raise typer.BadParameter("--to has to be after --from.")
    session = Session(url, home, as_json)
    found = session.run(lambda client: client.timeline(task_id))
    session.show(found, lambda: timeline_report(found, side, top, since, until))


def timeline_report(
    found: Timeline, side: Side, top: int, since: float = 0.0, until: float | None = None
) -> RenderableType:
    """By lane, the longest operators between two moments (seconds from the side's first start), in the order in which they began."""
    from rich.console import Group
    from rich.text import Text

    from client.cli import units

    spans = found.device if side is Side.DEVICE else found.host
    last = max((one.end_s for one in spans), default=0.0)
    end = last if until is None else min(until, last)
    seen = [one for one in spans if one.end_s >= since and one.start_s <= end]
    kept = sorted(seen, key=lambda one: one.start_s - one.end_s)[:top]
    lanes = list(dict.fromkeys(one.lane for one in spans))
    told = f"Pass {found.number}, {side.value}: {units.duration(since)} to {units.duration(end)}, {len(kept)} of {len(seen)} operators"
    if not kept:
        return Text(f"{told}: nothing ran here.")
    tables = [_lane(lane, [one for one in kept if one.lane == lane], seen, since, end) for lane in lanes]
    hint = Text("░ waits for its kernel, █ runs. To move about in it: mgeprof export ID --format chrome-trace", "dim")
    return Group(Text(told), *(table for table in tables if table is not None), Text(), hint)


def _lane(lane: str, kept: Sequence[Span], seen: Sequence[Span], since: float, end: float) -> RenderableType | None:
    from rich.text import Text

    from client.cli import units
    from client.cli.tables import plain_table

    if not kept:
        return None
    busy = sum(min(one.end_s, end) - max(one.start_s, since) for one in seen if one.lane == lane)
    table = plain_table(f"\n{lane}: busy for {units.percent(busy, end - since)} of the time")
    table.add_column("name", overflow="fold", ratio=1)
    table.add_column("start", justify="right", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, width=BAR)
    for one in sorted(kept, key=lambda one: (one.start_s, one.order)):
        times = units.duration(one.start_s), units.duration(one.end_s - one.start_s)
        table.add_row(Text(one.name), *times, Text(bar(one, since, end), "cyan"))
    return table


def bar(one: Span, since: float, end: float) -> str:
    """``BAR`` characters that stand for the time from ``since`` to ``end``; an operator fills at least one of them."""

    def place(at: float) -> int:
        return round(min(max((at - since) / (end - since), 0.0), 1.0) * BAR) if end > since else 0

    first = min(place(one.start_s), BAR - 1)
    after = max(place(one.end_s), first + 1)
    kernel = min(max(place(one.kern_s), first), after - 1)
    return " " * first + "░" * (kernel - first) + "█" * (after - kernel) + " " * (BAR - after)
