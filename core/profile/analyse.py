"""From the raw profiles of one attempt and its clean timings to the analysed document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from core.profile.document import ANALYSER, Distribution, Operator, ProfileDocument, Timing, Totals, TypeSum
from core.profile.raw import RawOperator, RawPass, RawProfileMalformed, read_raw
from core.profile.sums import Sum, rate, sum_by_type, sum_operators, total_device_s, total_host_s

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured beside the raw profiles: seconds, ``peak_memory`` in bytes. ``latencies`` (clean) is not empty."""

    engine_build: str
    latencies: Sequence[float]
    profiled_latencies: Sequence[float]
    load_s: float
    compile_s: float
    first_run_s: float
    peak_memory: int


def analyse(profiles: Iterable[bytes], measured: Measured) -> ProfileDocument:
    """Analyse the raw profiles of one attempt, one for each profiled pass of one compiled graph.

    ``profiles`` is consumed one by one, so it may read files lazily. Raises RawProfileMalformed, also for no profile at all and for passes of different graphs.
    """
    passes = [read_raw(profile) for profile in profiles]
    if not passes:
        raise RawProfileMalformed("There is no raw profile to analyse.")
    try:
        return _document(passes, measured)
    except ValidationError as error:
        # A raw profile comes out of a process that ran a stranger's bytes: types are not to be taken for granted.
        raise RawProfileMalformed(f"The profile holds values of a wrong type: {error}") from error


def _document(passes: list[RawPass], measured: Measured) -> ProfileDocument:
    operators = _operators(passes)
    total = sum_operators(operators)
    clean = distribution(measured.latencies)
    profiled = distribution(measured.profiled_latencies) if measured.profiled_latencies else None
    return ProfileDocument(
        analyser=ANALYSER,
        engine_build=measured.engine_build,
        timing=Timing(
            latency=clean,
            latencies=tuple(measured.latencies),
            profiled=profiled,
            load_s=measured.load_s,
            compile_s=measured.compile_s,
            first_run_s=measured.first_run_s,
        ),
        totals=_totals(operators, total, passes, clean, profiled, measured.peak_memory),
        by_type=_type_sums(operators, total),
        operators=operators,
    )


def distribution(seconds: Sequence[float]) -> Distribution:
    """Raises ValueError for no value."""
    values = np.asarray(seconds, dtype=np.float64)
    p50, p90, p99 = np.percentile(values, (50, 90, 99)).tolist()
    return Distribution(
        count=len(values),
        min=float(values.min()),
        p50=p50,
        p90=p90,
        p99=p99,
        max=float(values.max()),
        mean=float(values.mean()),
        std=float(values.std()),
    )


def _totals(
    operators: tuple[Operator, ...],
    total: Sum,
    passes: list[RawPass],
    clean: Distribution,
    profiled: Distribution | None,
    peak_memory: int,
) -> Totals:
    return Totals(
        operators=len(operators),
        device_s=total.device_s,
        host_s=total_host_s(operators),
        computation=total.computation,
        memory=total.memory,
        flops=total.flops,
        bandwidth=total.bandwidth,
        pass_device_s=tuple(total_device_s(one.operators) for one in passes),
        end_to_end_s=clean.p50,
        gap_s=clean.p50 - total.device_s,
        profiler_overhead=profiled.p50 / clean.p50 - 1 if profiled is not None and clean.p50 > 0 else None,
        peak_memory=peak_memory,
    )


def _type_sums(operators: tuple[Operator, ...], total: Sum) -> tuple[TypeSum, ...]:
    sums = [
        TypeSum(
            type=name,
            count=one.count,
            device_s=one.device_s,
            computation=one.computation,
            memory=one.memory,
            flops=one.flops,
            bandwidth=one.bandwidth,
            share=_share(one.device_s, total.device_s),
        )
        for name, one in sum_by_type(operators).items()
    ]
    return tuple(sorted(sums, key=lambda one: (-one.device_s, one.type)))


def _share(part: float | None, whole: float) -> float:
    return part / whole if part is not None and whole > 0 else 0.0


def _operators(passes: list[RawPass]) -> tuple[Operator, ...]:
    """One row for each operator, in the order of execution."""
    place = {key: order for order, key in enumerate(passes[0].sequence)}
    rows = sorted(passes[0].operators, key=lambda row: place.get(row.id, len(place)))
    aligned = [_aligned(rows, one) for one in passes]
    device = _Over([[row.device_s for row in one] for one in aligned])
    figures = [
        _Figures(*columns)
        for columns in zip(
            device.median,
            device.p90(),
            device.each(),
            _Over([[row.wait_s for row in one] for one in aligned]).median,
            _Over([[row.host_s for row in one] for one in aligned]).median,
            _Over([_offsets(one) for one in aligned]).median,
            strict=True,
        )
    ]
    whole = total_device_s(figures)
    return tuple(_operator(row, order, one, whole) for order, (row, one) in enumerate(zip(rows, figures, strict=True)))


class _Figures(NamedTuple):
    """Of one operator, over the passes."""

    device_s: float | None
    p90_s: float | None
    passes_s: tuple[float, ...]
    wait_s: float | None
    host_s: float | None
    start_s: float | None


def _operator(row: RawOperator, order: int, figures: _Figures, whole: float) -> Operator:
    lowest, highest = (min(figures.passes_s), max(figures.passes_s)) if figures.passes_s else (None, None)
    median = figures.device_s
    return Operator(
        id=row.id,
        name=row.name,
        type=row.type,
        order=order,
        node=row.node,
        device_s=median,
        p90_s=figures.p90_s,
        min_s=lowest,
        max_s=highest,
        spread=(highest - lowest) / median if median and highest is not None and lowest is not None else None,
        passes_s=figures.passes_s,
        wait_s=figures.wait_s,
        host_s=figures.host_s,
        start_s=figures.start_s,
        share=_share(median, whole),
        computation=row.computation,
        memory=row.memory,
        flops=rate(row.computation, median),
        bandwidth=rate(row.memory, median),
        input_shapes=row.input_shapes,
        output_shapes=row.output_shapes,
        input_dtypes=row.input_dtypes,
        output_dtypes=row.output_dtypes,
        param=row.param,
    )


def _aligned(rows: list[RawOperator], one: RawPass) -> list[RawOperator]:
    """The rows of ``one`` in the order of ``rows``."""
    by_id = {row.id: row for row in one.operators}
    if len(by_id) != len(rows) or any((other := by_id.get(row.id)) is None or other.name != row.name for row in rows):
        raise RawProfileMalformed("The raw profiles are not passes of one compiled graph: their operators differ.")
    return [by_id[row.id] for row in rows]


def _offsets(rows: list[RawOperator]) -> list[float | None]:
    first = min((row.start_s for row in rows if row.start_s is not None), default=0.0)
    return [None if row.start_s is None else row.start_s - first for row in rows]


class _Over:
    """A figure of every operator over the passes; an operator that any pass did not record has none."""

    def __init__(self, passes: list[list[float | None]]) -> None:
        matrix: Floats = np.array(passes, dtype=np.float64)
        missing = np.any(np.isnan(matrix), axis=0)
        matrix[:, missing] = 0.0
        self._matrix = matrix
        self._missing: list[bool] = missing.tolist()
        self.median = self._known(np.median(matrix, axis=0))

    def p90(self) -> list[float | None]:
        return self._known(np.percentile(self._matrix, 90, axis=0))

    def each(self) -> list[tuple[float, ...]]:
        """By operator: the figure in each pass, empty where it is not known."""
        return [
            () if gone else tuple(column) for gone, column in zip(self._missing, self._matrix.T.tolist(), strict=True)
        ]

    def _known(self, values: Floats) -> list[float | None]:
        return [None if gone else value for gone, value in zip(self._missing, values.tolist(), strict=True)]
