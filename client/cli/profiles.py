"""`mgeprof profile`, `compare`, `export`: where the time of completed runs went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from client.cli.gathered import gathered
from client.cli.options import Home, Json, TaskId, Url
from client.cli.saving import Output, save


class Side(StrEnum):
    DEVICE = "device"
    HOST = "host"


class Until(StrEnum):
    END = "end"
    KERN = "kern"


class GroupBy(StrEnum):
    TYPE = "type"
    SHAPE = "shape"
    NODE = "node"
    ALL = "all"


class Aggregate(StrEnum):
    SUM = "sum"
    MEAN = "mean"
    MAX = "max"
    MIN = "min"


class CompareSort(StrEnum):
    DELTA = "delta"
    ORDER = "order"


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"
    CHROME_TRACE = "chrome-trace"
    RAW = "raw"
    REPRODUCE = "reproduce"


Top = Annotated[
    int | None, typer.Option(min=1, help="How many operators; 20 for people, all for --json.", show_default=False)
]
SHOWN = 20


@dataclass(frozen=True)
class Filters:
    """Which operators of a profile, and what of them."""

    top: Top = None
    sort: Annotated[
        str | None,
        typer.Option(
            help="A figure to sort by, such as time_s, computation, memory, order; - before it: from the largest down.",
            show_default=False,
        ),
    ] = None
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only operators of this type; may be repeated.", show_default=False),
    ] = None
    name: Annotated[
        str | None,
        typer.Option(help="Only operators whose name holds this, or fits it as a pattern with *.", show_default=False),
    ] = None
    regex: Annotated[
        str | None,
        typer.Option(help="Only operators whose name begins with this regular expression.", show_default=False),
    ] = None
    input_dtype: Annotated[
        str | None,
        typer.Option(help="Only operators with an input of this dtype, such as Float32.", show_default=False),
    ] = None
    side: Annotated[Side, typer.Option(help="Time of the device, or of the host's threads.")] = Side.DEVICE
    until: Annotated[Until, typer.Option(help="end: self time; kern: the wait for the kernel.")] = Until.END
    min_time: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Only operators with at least this time.", show_default=False),
    ] = None
    max_time: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Only operators with at most this time.", show_default=False)
    ] = None
    group_by: Annotated[
        GroupBy | None, typer.Option(help="Show groups of operators instead of single ones.", show_default=False)
    ] = None
    aggregate: Annotated[Aggregate, typer.Option(help="What groups show.")] = Aggregate.SUM

    def asked(self, *, most: int | None) -> dict[str, Any]:
        """As the server takes it; ``most`` operators, unless something else was said."""
        return {
            "top": self.top if self.top is not None else most,
            "sort": self.sort,
            "type": self.type_,
            "name": self.name,
            "regex": self.regex,
            "input_dtype": self.input_dtype,
            "side": self.side.value,
            "until": self.until.value,
            "min_s": self.min_time,
            "max_s": self.max_time,
            "group_by": None if self.group_by is None else self.group_by.value,
            "aggregate": self.aggregate.value,
        }


@gathered
def profile(task_id: TaskId, filters: Filters, as_json: Json = False, url: Url = None, home: Home = None) -> None:
    """Show where the time of a completed run went, operator by operator."""
    from client.cli import render
    from client.cli.session import Session

    title = "Slowest operators" if filters.sort is None else f"Operators by {filters.sort}"
    session, asked = Session(url, home, as_json), filters.asked(most=None if as_json else SHOWN)
    found = session.run(lambda client: client.profile(task_id, asked))
    session.show(found, lambda: render.profile_report(found, title=title))
    if not as_json and found.groups is None and found.matching is not None and found.matching > len(found.operators):
        session.aside.print(f"{len(found.operators)} of {found.matching} operators: --top shows more.", markup=False)


def compare(
    task_ids: Annotated[
        list[str], typer.Argument(metavar="ID ID...", help="Completed runs; the others are held against the first.")
    ],
    top: Top = None,
    sort: Annotated[
        CompareSort, typer.Option(help="delta: the largest changes first; order: as the first run executes them.")
    ] = CompareSort.DELTA,
    as_json: Json = False,
    url: Url = None,
    home: Home = None,
) -> None:
    """Hold runs against each other, operator by operator."""
    from client.cli.comparison import comparison_report
    from client.cli.session import Session

    if len(task_ids) < 2:
        raise typer.BadParameter("Name at least two runs.")
    shown = top if top is not None or as_json else SHOWN
    session = Session(url, home, as_json)
    found = session.run(lambda client: client.compare(task_ids, {"top": shown, "sort": sort.value}))
    session.show(found, lambda: comparison_report(found))


def export(
    task_id: TaskId,
    form: Annotated[Format, typer.Option("--format", help="What to write.")],
    output: Output = None,
    number: Annotated[
        int | None, typer.Option("--pass", min=1, help="Which profiled pass, for raw.", show_default=False)
    ] = None,
    url: Url = None,
    home: Home = None,
) -> None:
    """Write a run's profile to a file: CSV, JSON, Chrome trace events, as MegEngine wrote it, or all it takes to run it again by hand."""
    from client.cli.session import Session

    Session(url, home).run(lambda client: save(client.export(task_id, form.value, number=number), output))
