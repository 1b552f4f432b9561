"""Operators as columns, and single ones as rows made on demand.

11,000 operators are a dozen lists and arrays instead of 11,000 objects with two dozen fields: they are made, stored, read, filtered and sorted in a small part of the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator of the graph that ran; times in seconds. ``device_s`` is the median over the profiled passes; None stands for what the engine did not record."""

    id: str
    name: str
    type: str
    order: int
    """Place in the order of execution, from 0."""
    node: str | None
    """Computing node, such as ``cpu0:0``; the first one of an operator that runs on several."""
    device_s: float | None
    """Self time: the longest ``end - start`` over the operator's computing nodes."""
    p90_s: float | None
    min_s: float | None
    max_s: float | None
    spread: float | None
    """(max_s - min_s) / device_s; None for a median of 0, which is below the profiler's resolution of 1 microsecond."""
    noisy: bool | None
    """Whether the passes differ too much for the median to be trusted (``noise.py`` has the rule); None for fewer than three passes."""
    passes_s: tuple[float, ...]
    """Device self time in each profiled pass; empty when any pass did not record it."""
    wait_s: float | None
    """Device, the longest ``kern - start``: from the operator's start to its kernel's start, median."""
    host_s: float | None
    """The longest ``end - start`` over the host's threads, median."""
    host_wait_s: float | None
    """Host, the longest ``kern - start``, median."""
    start_s: float | None
    """Start, counted from the first operator's start in the same pass; median."""
    share: float
    """Of the sum of all operators' device time, 0 to 1."""
    computation: int | None
    """Floating point operations, by the engine's own count; None for data movers."""
    memory: int | None
    """Bytes read and written, by the engine's own count."""
    flops: float | None
    """computation / device_s."""
    bandwidth: float | None
    """memory / device_s, bytes per second."""
    input_shapes: Shapes
    output_shapes: Shapes
    input_dtypes: tuple[str | None, ...]
    output_dtypes: tuple[str | None, ...]
    param: dict[str, Any]
    """The operator's own attributes, such as stride and padding of a convolution."""


@dataclass(frozen=True, slots=True, eq=False)
class OperatorTable:
    """Columns of the same names as Operator's fields. Float columns hold NaN for None. ``passes_s`` has a row for each operator and a column for each pass."""

    id: Sequence[str]
    name: Sequence[str]
    type: Sequence[str]
    order: Rows
    node: Sequence[str | None]
    device_s: Floats
    p90_s: Floats
    min_s: Floats
    max_s: Floats
    spread: Floats
    noisy: Sequence[bool | None]
    passes_s: Floats
    wait_s: Floats
    host_s: Floats
    host_wait_s: Floats
    start_s: Floats
    share: Floats
    computation: Sequence[int | None]
    memory: Sequence[int | None]
    flops: Floats
    bandwidth: Floats
    input_shapes: Sequence[Sequence[Sequence[int]]]
    output_shapes: Sequence[Sequence[Sequence[int]]]
    input_dtypes: Sequence[Sequence[str | None]]
    output_dtypes: Sequence[Sequence[str | None]]
    param: Sequence[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.id)

    def row(self, at: int) -> Operator:
        """The operator at this place of the table."""
        passes = tuple(self.passes_s[at].tolist())
        return Operator(
            id=self.id[at],
            name=self.name[at],
            type=self.type[at],
            order=int(self.order[at]),
            node=self.node[at],
            device_s=known(self.device_s[at]),
            p90_s=known(self.p90_s[at]),
            min_s=known(self.min_s[at]),
            max_s=known(self.max_s[at]),
            spread=known(self.spread[at]),
            noisy=self.noisy[at],
            passes_s=() if any(map(math.isnan, passes)) else passes,
            wait_s=known(self.wait_s[at]),
            host_s=known(self.host_s[at]),
            host_wait_s=known(self.host_wait_s[at]),
            start_s=known(self.start_s[at]),
            share=float(self.share[at]),
            computation=self.computation[at],
            memory=self.memory[at],
            flops=known(self.flops[at]),
            bandwidth=known(self.bandwidth[at]),
            input_shapes=tuple(map(tuple, self.input_shapes[at])),
            output_shapes=tuple(map(tuple, self.output_shapes[at])),
            input_dtypes=tuple(self.input_dtypes[at]),
            output_dtypes=tuple(self.output_dtypes[at]),
            param=self.param[at],
        )

    def rows(self, places: Iterable[int] | None = None) -> list[Operator]:
        """The operators at these places, in this order; all without an argument."""
        return [self.row(at) for at in (range(len(self)) if places is None else places)]

    def columns(self) -> dict[str, Any]:
        """By name, ready for JSON: orjson writes NaN as null."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = tuple(one.name for one in fields(OperatorTable))
FLOATS = tuple(one.name for one in fields(OperatorTable) if one.type == "Floats" and one.name != "passes_s")


def table_of_columns(columns: dict[str, Any]) -> OperatorTable:
    """The table of columns as JSON holds them. Raises ValueError or TypeError for columns of different lengths or unknown names."""
    count = len(columns["id"])
    made = dict(columns)
    for name in FLOATS:
        made[name] = np.array(columns[name], dtype=np.float64)
    made["order"] = np.array(columns["order"], dtype=np.int64)
    # Of no operators nobody knows how many passes there were.
    made["passes_s"] = np.array(columns["passes_s"], dtype=np.float64).reshape(count, -1 if count else 0)
    if any(len(column) != count for column in made.values()):
        raise ValueError("The columns of a table have one length.")
    return OperatorTable(**made)


def table_of_rows(rows: Sequence[Operator]) -> OperatorTable:
    """The table of these operators, which have equally many passes or none."""
    passes = max((len(row.passes_s) for row in rows), default=0)
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in COLUMNS}
    columns["passes_s"] = [row.passes_s or (None,) * passes for row in rows]
    return table_of_columns(columns)


def known(value: float | np.float64) -> float | None:
    """None for NaN."""
    return None if math.isnan(value) else float(value)


def optional(values: Sequence[int | None]) -> Floats:
    """Whole numbers as floats, None as NaN: for sorting and comparing; sums stay with whole numbers."""
    return np.array(values, dtype=np.float64)
