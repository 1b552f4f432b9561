"""Sums, means and extremes over groups of operators: by type, by type and input shapes, or over all."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from core.domain.told import Told
from core.profile.query import OperatorQuery, chosen_time, matching
from core.profile.refusal import QueryRefused
from core.profile.sums import groups, rate, total_seconds
from core.profile.table import Floats, OperatorTable, Rows, Shapes


class GroupBy(StrEnum):
    """``all`` is one group of everything that matches."""

    TYPE = "type"
    SHAPE = "shape"
    """Type and input shapes."""
    NODE = "node"
    ALL = "all"


class Aggregate(StrEnum):
    """``--aggregate`` of profile_analyze."""

    SUM = "sum"
    MEAN = "mean"
    MAX = "max"
    MIN = "min"


@dataclass(frozen=True, slots=True)
class Group:
    """``count`` operators with time, aggregated. ``type`` is None for groups over several types; ``input_shapes`` and ``node`` stand for groups by these only.

    ``time_s``, ``computation`` and ``memory`` are the aggregate over the group: ``max`` takes the largest of each, whichever operators they belong to, and ``mean`` divides by
    ``count``, both as profile_analyze does it. Unknown amounts add nothing and are no extreme (profile_analyze ends with a TypeError there); None when none is known.
    ``flops`` and ``bandwidth``: these aggregates over ``time_s``. ``share``: the group's summed time, of the time of all operators of the table; ``cumulative``: that of this and
    all groups before.
    """

    type: str | None
    input_shapes: Shapes | None
    node: str | None
    count: int
    time_s: float
    computation: float | None
    memory: float | None
    flops: float | None
    bandwidth: float | None
    share: float | None
    cumulative: float | None


@dataclass(frozen=True, slots=True)
class CopyTime:
    """``profile_analyze --copy-time``: of the operators of type ``Copy`` that match; sums and means in seconds. No mean over none."""

    count: int
    total_s: float
    mean_s: float | None
    wait_total_s: float
    wait_mean_s: float | None


SORTS = ("time_s", "computation", "memory", "flops", "bandwidth", "count", "type")


def aggregate(
    table: OperatorTable, query: OperatorQuery, by: GroupBy, how: Aggregate = Aggregate.SUM
) -> tuple[Group, ...]:
    """Groups of the operators that match and have the chosen time, sorted and cut by the query. Raises QueryRefused."""
    key = query.sort.removeprefix("-")
    if key not in SORTS:
        raise QueryRefused(
            Told("Cannot sort groups by {sort!r}. Known: {known}.", sort=query.sort, known=", ".join(SORTS))
        )
    if query.top is not None and query.top < 0:
        raise QueryRefused("top must not be negative.")
    times = chosen_time(table, query)
    rows = matching(table, query)
    rows = rows[~np.isnan(times[rows])]
    total = total_seconds(times)
    made = [_group(table, of, times, how, by, total) for _, of in groups(_keys(table, rows, by), rows)]
    known_, unknown = ([one for one in made if (getattr(one, key) is None) is gone] for gone in (False, True))
    known_.sort(key=lambda one: getattr(one, key), reverse=query.sort.startswith("-"))
    return _cumulated((known_ + unknown)[: query.top])


def copy_time(table: OperatorTable, query: OperatorQuery) -> CopyTime:
    """Of the device, whatever side the query looks at. Raises QueryRefused."""
    rows = matching(table, query)
    copies = np.array([row for row in rows.tolist() if table.type[row] == "Copy"], dtype=np.int64)
    timed = copies[~np.isnan(table.device_s[copies])]
    count = len(timed)
    total, wait = total_seconds(table.device_s[timed]), total_seconds(table.wait_s[timed])
    return CopyTime(count, total, total / count if count else None, wait, wait / count if count else None)


def _keys(table: OperatorTable, rows: Rows, by: GroupBy) -> list[tuple[object, ...]]:
    places = rows.tolist()
    match by:
        case GroupBy.ALL:
            return [()] * len(places)
        case GroupBy.TYPE:
            return [(table.type[at],) for at in places]
        case GroupBy.NODE:
            return [(table.node[at],) for at in places]
        case GroupBy.SHAPE:
            return [(table.type[at], tuple(map(tuple, table.input_shapes[at]))) for at in places]


def _group(table: OperatorTable, rows: Rows, times: Floats, how: Aggregate, by: GroupBy, total: float) -> Group:
    first = int(rows[0])
    seconds = times[rows]
    time_s = _aggregated(seconds, how)
    computation = _amount([table.computation[at] for at in rows.tolist()], how)
    memory = _amount([table.memory[at] for at in rows.tolist()], how)
    return Group(
        type=table.type[first] if by in {GroupBy.TYPE, GroupBy.SHAPE} else None,
        input_shapes=tuple(map(tuple, table.input_shapes[first])) if by is GroupBy.SHAPE else None,
        node=table.node[first] if by is GroupBy.NODE else None,
        count=len(rows),
        time_s=time_s,
        computation=computation,
        memory=memory,
        flops=rate(computation, time_s),
        bandwidth=rate(memory, time_s),
        share=total_seconds(seconds) / total if total > 0 else None,
        cumulative=None,
    )


def _aggregated(seconds: Floats, how: Aggregate) -> float:
    match how:
        case Aggregate.SUM:
            return float(np.sum(seconds))
        case Aggregate.MEAN:
            return float(np.mean(seconds))
        case Aggregate.MAX:
            return float(np.max(seconds))
        case Aggregate.MIN:
            return float(np.min(seconds))


def _amount(amounts: list[int | None], how: Aggregate) -> float | None:
    recorded = [amount for amount in amounts if amount is not None]
    if not recorded:
        return None
    match how:
        case Aggregate.SUM:
            return sum(recorded)
        case Aggregate.MEAN:
            return sum(recorded) / len(amounts)
        case Aggregate.MAX:
            return max(recorded)
        case Aggregate.MIN:
            return min(recorded)


def _cumulated(made: list[Group]) -> tuple[Group, ...]:
    seen = np.cumsum([one.share or 0.0 for one in made]).tolist()
    return tuple(
        replace(one, cumulative=None if one.share is None else so_far) for one, so_far in zip(made, seen, strict=True)
    )
