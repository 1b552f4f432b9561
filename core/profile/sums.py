"""Sums over operators, by the rules of ``megengine.tools.profile_analyze``: what was not recorded adds nothing, and order is the caller's."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from core.profile.table import Floats, OperatorTable, Rows

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Sum:
    """Sums over ``count`` operators with device time."""

    count: int
    device_s: float
    computation: int
    memory: int

    @property
    def flops(self) -> float | None:
        """Operations per second; None where no operator has a computation, or no time was seen."""
        return rate(self.computation or None, self.device_s)

    @property
    def bandwidth(self) -> float | None:
        """Bytes per second; None where no time was seen."""
        return rate(self.memory, self.device_s)


def rate(amount: float | None, seconds: float | None) -> float | None:
    """``amount / seconds``, None where either is unknown or the time is below the profiler's resolution."""
    return amount / seconds if amount is not None and seconds else None


def total_seconds(seconds: Floats) -> float:
    """The known ones added with numpy's pairwise sum as the reference adds: equal to the last bit for equal order and, above some thousands, an equal numpy."""
    return float(np.sum(seconds[~np.isnan(seconds)]))


def sum_operators(table: OperatorTable) -> Sum:
    """Operators without device time are left out, as the reference leaves them out."""
    return sum_rows(table, np.flatnonzero(~np.isnan(table.device_s)))


def sum_rows(table: OperatorTable, rows: Rows) -> Sum:
    """Over these rows, all with device time."""
    places = rows.tolist()
    return Sum(
        count=len(places),
        device_s=total_seconds(table.device_s[rows]),
        computation=sum(table.computation[at] or 0 for at in places),
        memory=sum(table.memory[at] or 0 for at in places),
    )


def sum_by_type(table: OperatorTable) -> dict[str, Sum]:
    """One sum for each type that has device time, in the order of the table."""
    timed = np.flatnonzero(~np.isnan(table.device_s))
    return {kind: sum_rows(table, rows) for kind, rows in groups([table.type[at] for at in timed.tolist()], timed)}


def groups(keys: Sequence[Key], rows: Rows) -> list[tuple[Key, Rows]]:
    """``rows`` by their key (parallel to them), keys in the order in which they first come."""
    places: dict[Key, list[int]] = {}
    for key, row in zip(keys, rows.tolist(), strict=True):
        places.setdefault(key, []).append(row)
    return [(key, np.array(found, dtype=np.int64)) for key, found in places.items()]
