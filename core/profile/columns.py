"""From the passes of one compiled graph to its table of operators."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from core.profile.malformed import RawProfileMalformed
from core.profile.noise import noisy_operators
from core.profile.raw import RawGraph, RawPass
from core.profile.sums import total_seconds
from core.profile.table import Floats, OperatorTable, Rows, optional

Value = TypeVar("Value")


def places_in_order(one: RawPass) -> Rows:
    """Places in the file by order of execution; operators that the order does not name come last."""
    step = {key: order for order, key in enumerate(one.sequence)}
    steps = np.array([step.get(key, len(step)) for key in one.ids], dtype=np.int64)
    return np.argsort(steps, kind="stable")


def operator_table(passes: Sequence[RawPass], places: Rows) -> OperatorTable:
    """The operators at these places of the first pass, with medians over all passes. Raises RawProfileMalformed for passes of different graphs."""
    graph = passes[0].graph
    if graph is None:
        raise ValueError("The first pass is read whole.")
    aligned = [_aligned(passes[0], one, places) for one in passes]
    sides = list(zip(passes, aligned, strict=True))
    device = _over([one.device.longest(len(one.ids), one.device.end)[at] for one, at in sides])
    median = np.median(device, axis=1)
    lowest, highest = device.min(axis=1), device.max(axis=1)
    whole = total_seconds(median)
    timed = np.where(median > 0, median, np.nan)
    memory, computation = _taken(graph.memory, places), _taken(graph.computation, places)
    return OperatorTable(
        **_unchanging(graph, places),
        order=_order(passes[0], places),
        node=_taken(passes[0].device.first_lane(len(places)), places),
        device_s=median,
        p90_s=np.percentile(device, 90, axis=1),
        min_s=lowest,
        max_s=highest,
        spread=(highest - lowest) / timed,
        noisy=noisy_operators(device),
        passes_s=device,
        wait_s=_median([one.device.longest(len(one.ids), one.device.kern)[at] for one, at in sides]),
        host_s=_median([one.host.longest(len(one.ids), one.host.end)[at] for one, at in sides]),
        host_wait_s=_median([one.host.longest(len(one.ids), one.host.kern)[at] for one, at in sides]),
        start_s=_median([_offsets(one)[at] for one, at in sides]),
        share=np.nan_to_num(median / whole) if whole > 0 else np.zeros(len(places)),
        computation=computation,
        memory=memory,
        flops=optional(computation) / timed,
        bandwidth=optional(memory) / timed,
    )


def _unchanging(graph: RawGraph, places: Rows) -> dict[str, Any]:
    names = ("id", "name", "type", "input_shapes", "output_shapes", "input_dtypes", "output_dtypes", "param")
    return {name: _taken(getattr(graph, name), places) for name in names}


def _order(one: RawPass, places: Rows) -> Rows:
    """Each operator's place among those that ran."""
    order = np.empty(len(places), dtype=np.int64)
    order[places_in_order(one)] = np.arange(len(places))
    return order[places]


def _aligned(first: RawPass, one: RawPass, places: Rows) -> Rows:
    """Where ``one`` has the operators at these places of ``first``: the order in a file differs from pass to pass."""
    if one is first:
        return places
    at = {key: place for place, key in enumerate(one.ids)}
    if len(at) != len(first.ids) or any(
        (other := at.get(key)) is None or one.names[other] != name
        for key, name in zip(first.ids, first.names, strict=True)
    ):
        raise RawProfileMalformed("The raw profiles are not passes of one compiled graph: their operators differ.")
    return np.array([at[first.ids[place]] for place in places.tolist()], dtype=np.int64)


def _offsets(one: RawPass) -> Floats:
    starts = one.device.earliest(len(one.ids))
    return starts - one.device.start.min() if one.device.start.size else starts


def _over(passes: list[Floats]) -> Floats:
    """(operators, passes); NaN throughout for an operator that any pass did not record."""
    matrix = np.stack(passes, axis=1)
    matrix[np.isnan(matrix).any(axis=1)] = np.nan
    return matrix


def _median(passes: list[Floats]) -> Floats:
    return np.median(_over(passes), axis=1)


def _taken(values: Sequence[Value], places: Rows) -> list[Value]:
    return list(map(values.__getitem__, places.tolist()))
