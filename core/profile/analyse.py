"""From the raw profiles of one attempt and its clean timings to the analysed document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import ValidationError

from core.profile.columns import operator_table, places_in_order
from core.profile.document import ANALYSER, Distribution, Peaks, ProfileDocument, Timeline, Timing, Totals, TypeSum
from core.profile.malformed import RawProfileMalformed
from core.profile.noise import noisy_run
from core.profile.raw import RawPass, read_raw, read_times
from core.profile.spans import Spans
from core.profile.sums import Sum, sum_by_type, sum_operators, total_seconds
from core.profile.table import Floats, OperatorTable, Rows

__all__ = ["Measured", "RawProfileMalformed", "analyse", "distribution"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured beside the raw profiles: seconds, ``peak_memory`` in bytes. ``latencies`` (clean) is not empty. ``peaks`` of the device, where they are known."""

    engine_build: str
    latencies: Sequence[float]
    profiled_latencies: Sequence[float]
    load_s: float
    compile_s: float
    first_run_s: float
    peak_memory: int
    peaks: Peaks | None = None


def analyse(profiles: Iterable[bytes], measured: Measured) -> ProfileDocument:
    """Analyse the raw profiles of one attempt, one for each profiled pass of one compiled graph.

    ``profiles`` is consumed one by one, so it may read files lazily. Raises RawProfileMalformed, also for no profile at all and for passes of different graphs.
    """
    passes: list[RawPass] = []
    for profile in profiles:
        passes.append(read_times(profile) if passes else read_raw(profile))
    if not passes:
        raise RawProfileMalformed("There is no raw profile to analyse.")
    try:
        return _document(passes, measured)
    except ValidationError as error:
        # A raw profile comes out of a process that ran a stranger's bytes: no sum is to be taken for granted.
        raise RawProfileMalformed(f"The profile holds values that cannot be: {error}") from error


def _document(passes: list[RawPass], measured: Measured) -> ProfileDocument:
    places = places_in_order(passes[0])
    operators = operator_table(passes, places)
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
        totals=_totals(operators, total, passes, measured, profiled),
        by_type=_type_sums(operators, total),
        operators=operators,
        timeline=_timeline(passes, places),
        memory=passes[0].usage,
        peaks=measured.peaks,
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
    operators: OperatorTable, total: Sum, passes: list[RawPass], measured: Measured, profiled: Distribution | None
) -> Totals:
    clean_p50 = float(np.median(measured.latencies))
    usage = passes[0].usage
    return Totals(
        operators=len(operators),
        device_s=total.device_s,
        host_s=total_seconds(operators.host_s),
        computation=total.computation,
        memory=total.memory,
        flops=total.flops,
        bandwidth=total.bandwidth,
        pass_device_s=tuple(total_seconds(_device_s(one)) for one in passes),
        end_to_end_s=clean_p50,
        gap_s=clean_p50 - total.device_s,
        profiler_overhead=profiled.p50 / clean_p50 - 1 if profiled is not None and clean_p50 > 0 else None,
        peak_memory=measured.peak_memory,
        noisy=noisy_run(measured.latencies, operators.noisy, operators.share),
        noisy_operators=sum(one is True for one in operators.noisy),
        planned_memory=usage.peak if usage is not None else 0,
    )


def _device_s(one: RawPass) -> Floats:
    """In the file's order, as profile_analyze adds."""
    return one.device.longest(len(one.ids), one.device.end)


def _type_sums(operators: OperatorTable, total: Sum) -> tuple[TypeSum, ...]:
    sums = [
        TypeSum(
            type=name,
            count=one.count,
            device_s=one.device_s,
            computation=one.computation,
            memory=one.memory,
            flops=one.flops,
            bandwidth=one.bandwidth,
            share=one.device_s / total.device_s if total.device_s > 0 else 0.0,
        )
        for name, one in sum_by_type(operators).items()
    ]
    return tuple(sorted(sums, key=lambda one: (-one.device_s, one.type)))


def _timeline(passes: list[RawPass], places: Rows) -> Timeline:
    """Of the pass in the middle, so that the picture is one that really was."""
    sums = [total_seconds(_device_s(one)) for one in passes]
    middle = sorted(range(len(passes)), key=lambda at: sums[at])[(len(passes) - 1) // 2]
    shown = passes[middle]
    place_of = {key: place for place, key in enumerate(passes[0].ids[at] for at in places.tolist())}
    rows = np.array([place_of[key] for key in shown.ids], dtype=np.int64)
    return Timeline(middle + 1, _from_zero(shown.device, rows), _from_zero(shown.host, rows))


def _from_zero(spans: Spans, rows: Rows) -> Spans:
    """In the order of execution, counted from the first start."""
    zero = spans.start.min() if spans.start.size else 0.0
    row = rows[spans.row] if spans.row.size else spans.row
    order = np.argsort(row, kind="stable")
    return Spans(
        lanes=spans.lanes,
        row=row[order],
        lane=spans.lane[order],
        start=(spans.start - zero)[order],
        kern=(spans.kern - zero)[order],
        end=(spans.end - zero)[order],
    )
