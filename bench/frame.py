"""The frame of all benches: figures, their table, their file."""

from __future__ import annotations

import json
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[1] / ".bench" / "results.json"


@dataclass(frozen=True)
class Goal:
    """What a figure is held to: its ratio if `against` was measured, else its value."""

    limit: float
    better: Literal["lower", "higher"] = "lower"

    def met_by(self, figure: float) -> bool:
        """Whether a figure is on the right side of the limit."""
        return figure <= self.limit if self.better == "lower" else figure >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.better == 'lower' else '≥'} {self.limit:g}"


@dataclass(frozen=True)
class Between:
    """What a figure is held to that shall be neither more nor less: both ends are in."""

    low: float
    high: float

    @property
    def limit(self) -> tuple[float, float]:
        return self.low, self.high

    def met_by(self, figure: float) -> bool:
        """Whether a figure is inside."""
        return self.low <= figure <= self.high

    def __str__(self) -> str:
        return f"{self.low:g} … {self.high:g}"


@dataclass(frozen=True)
class Figure:
    """One result. `samples` are ours and `against` those of the other side, both in `unit`, measured in the same run."""

    name: str
    unit: str
    samples: Sequence[float]
    against: Sequence[float] = ()
    goal: Goal | Between | None = None

    @property
    def value(self) -> float:
        """The median of our samples."""
        return statistics.median(self.samples)

    @property
    def other(self) -> float | None:
        """The median of the other side's."""
        return statistics.median(self.against) if self.against else None

    @property
    def ratio(self) -> float | None:
        """Ours over theirs."""
        return None if not self.other else self.value / self.other

    @property
    def met(self) -> bool | None:
        """Whether the goal is met, None without one."""
        return None if self.goal is None else self.goal.met_by(self.value if self.ratio is None else self.ratio)


Bench = Callable[[], Awaitable[Sequence[Figure]]]


def spread(samples: Sequence[float]) -> float:
    """Interquartile range over the median; 0 for fewer than three samples."""
    if len(samples) < 3 or statistics.median(samples) == 0:
        return 0.0
    first, _, third = statistics.quantiles(samples, n=4, method="inclusive")
    return (third - first) / statistics.median(samples)


def table(figures: Sequence[Figure]) -> Table:
    """All figures, one line each."""
    shown = Table("figure", box=None, header_style="bold")
    for column in ("median", "spread", "against", "ratio", "goal", "met"):
        shown.add_column(column, justify="right")
    for figure in figures:
        shown.add_row(
            figure.name,
            f"{figure.value:.4g} {figure.unit}",
            f"{spread(figure.samples):.0%}",
            "" if figure.other is None else f"{figure.other:.4g} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:.3g}",
            str(figure.goal or ""),
            {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[figure.met],
        )
    return shown


def write(figures: Sequence[Figure], file: Path = RESULTS) -> None:
    """Write the figures where other programs read them, beside those of earlier runs with other names."""
    file.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(file.read_text()) if file.exists() else []
    fresh = [
        {
            "name": figure.name,
            "value": figure.value,
            "unit": figure.unit,
            "against": figure.other,
            "ratio": figure.ratio,
            "goal": figure.goal.limit if figure.goal else None,
            "met": figure.met,
        }
        for figure in figures
    ]
    names = {entry["name"] for entry in fresh}
    kept = [entry for entry in before if entry["name"] not in names]
    file.write_text(json.dumps([*kept, *fresh], indent=2) + "\n")


async def measure(benches: Sequence[Bench], console: Console) -> list[Figure]:
    """Run benches one after the other, and print one table."""
    figures: list[Figure] = []
    for bench in benches:
        figures += await bench()
    console.print(table(figures))
    return figures
