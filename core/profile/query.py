"""Questions to operators: filter, sort, top. The same names in api and command line; ``aggregate.py`` sums what was found.

Everything that ``profile_analyze`` can be asked, with its rules (its options in brackets), and equal figures.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.domain.told import Told
from core.profile import pattern
from core.profile.refusal import QueryRefused
from core.profile.sums import total_seconds
from core.profile.table import Floats, OperatorTable, Rows, optional


class SortKey(StrEnum):
    """What operators can be sorted by: ``time_s`` is the time that the query looks at, the others are fields of the same name."""

    TIME_S = "time_s"
    ORDER = "order"
    DEVICE_S = "device_s"
    P90_S = "p90_s"
    MIN_S = "min_s"
    MAX_S = "max_s"
    SPREAD = "spread"
    WAIT_S = "wait_s"
    HOST_S = "host_s"
    START_S = "start_s"
    COMPUTATION = "computation"
    MEMORY = "memory"
    FLOPS = "flops"
    BANDWIDTH = "bandwidth"
    NAME = "name"
    TYPE = "type"


class Side(StrEnum):
    """Whose time: of the devices, or of the host's threads that dispatch to them (``--show-host``)."""

    DEVICE = "device"
    HOST = "host"


class Until(StrEnum):
    """``end``: self time. ``kern``: the wait until the kernel begins (``--top-end-key``)."""

    END = "end"
    KERN = "kern"


@dataclass(frozen=True, slots=True)
class OperatorQuery:
    """``sort`` (``--order-by``): a SortKey, with ``-`` before it from the largest down; an operator without that figure comes last either way, equals stay in their order.

    ``side`` and ``until`` choose the time. ``types`` (``--type``): exact operator types, any of them. ``name``: see ``pattern.by_part``; ``regex`` (``--opr-name``):
    ``pattern.by_regex``. ``input_dtype`` (``--input-dtype``): any input has it, such as ``Float32``; the engine writes none for variables without a static memory plan: those
    match nothing, where profile_analyze ends with a TypeError. ``min_s`` and ``max_s`` (``--min-time``, ``--max-time``): bounds of the chosen time, both included; an operator
    without that time is outside. ``top`` (``--top``): at most so many, after sorting.
    """

    sort: str = "-time_s"
    top: int | None = None
    types: tuple[str, ...] = ()
    name: str | None = None
    regex: str | None = None
    input_dtype: str | None = None
    side: Side = Side.DEVICE
    until: Until = Until.END
    min_s: float | None = None
    max_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """``rows``: places in the table, sorted; ``time_s``: their chosen time, NaN where it is not known. ``total_s``: that time of *all* operators of the table.

    ``matching``: operators that pass the filters, before ``top``.
    """

    rows: Rows
    time_s: Floats
    total_s: float
    matching: int

    @property
    def cumulative(self) -> Floats:
        """By row: the share of ``total_s`` that it and all rows before it have, 0 to 1; NaN without any time."""
        seen = np.cumsum(np.nan_to_num(self.time_s))
        return seen / self.total_s if self.total_s > 0 else np.full(len(seen), np.nan)


def select(table: OperatorTable, query: OperatorQuery) -> Selection:
    """The operators that match. Raises QueryRefused for an unknown sort key, a negative ``top`` or an unusable pattern."""
    if query.top is not None and query.top < 0:
        raise QueryRefused("top must not be negative.")
    key, descending = parse_sort(query.sort)
    times = chosen_time(table, query)
    rows = matching(table, query)
    chosen = _sorted(table, rows, times, key, descending=descending)[: query.top]
    return Selection(chosen, times[chosen], total_seconds(times), len(rows))


def chosen_time(table: OperatorTable, query: OperatorQuery) -> Floats:
    """By operator, the time that the query looks at."""
    match query.side, query.until:
        case Side.DEVICE, Until.END:
            return table.device_s
        case Side.DEVICE, Until.KERN:
            return table.wait_s
        case Side.HOST, Until.END:
            return table.host_s
        case _:
            return table.host_wait_s


def matching(table: OperatorTable, query: OperatorQuery) -> Rows:
    """Places of the operators that pass all filters, in the table's order. Raises QueryRefused."""
    keep = np.ones(len(table), dtype=np.bool_)
    if query.types:
        keep &= [one in query.types for one in table.type]
    if query.name is not None:
        keep &= list(map(pattern.by_part(query.name), table.name))
    if query.regex is not None:
        keep &= list(map(pattern.by_regex(query.regex), table.name))
    if query.input_dtype is not None:
        keep &= [query.input_dtype in dtypes for dtypes in table.input_dtypes]
    times = chosen_time(table, query)
    # Comparisons with NaN are false: without a time, outside of any bound.
    if query.min_s is not None:
        keep &= times >= query.min_s
    if query.max_s is not None:
        keep &= times <= query.max_s
    return np.flatnonzero(keep)


def parse_sort(sort: str) -> tuple[SortKey, bool]:
    """The key, and whether from the largest down. Raises QueryRefused."""
    try:
        return SortKey(sort.removeprefix("-")), sort.startswith("-")
    except ValueError as error:
        raise QueryRefused(
            Told(
                "Cannot sort by {sort!r}. Known: {known}; with - before it from the largest down.",
                sort=sort,
                known=", ".join(SortKey),
            )
        ) from error


def _sorted(table: OperatorTable, rows: Rows, times: Floats, key: SortKey, *, descending: bool) -> Rows:
    if key in {SortKey.NAME, SortKey.TYPE}:
        texts = table.name if key is SortKey.NAME else table.type
        # Stable also downwards, which sorting reversed keeps and reversing afterwards would not.
        return np.array(sorted(rows.tolist(), key=lambda row: texts[row], reverse=descending), dtype=np.int64)
    values = _values(table, times, key)[rows]
    # numpy sorts NaN last, whichever sign the others have.
    return rows[np.argsort(-values if descending else values, kind="stable")]


def _values(table: OperatorTable, times: Floats, key: SortKey) -> Floats:
    match key:
        case SortKey.TIME_S:
            return times
        case SortKey.COMPUTATION:
            return optional(table.computation)
        case SortKey.MEMORY:
            return optional(table.memory)
        case SortKey.ORDER:
            return table.order.astype(np.float64)
        case _:
            values: Floats = getattr(table, key)
            return values
