from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.profile.analyse import Measured, analyse, distribution
from core.profile.document import dump_document, load_document
from core.profile.malformed import RawProfileMalformed
from core.profile.one_pass import analyse_pass
from core.profile.raw import read_raw
from tests.unit.profile.generated import operator, operators, raw_profile

MEASURED = Measured(
    engine_build="1.13.0+test",
    latencies=(0.010, 0.012, 0.011),
    profiled_latencies=(0.022,),
    load_s=0.1,
    compile_s=0.2,
    first_run_s=0.3,
    peak_memory=1000,
)


def conv(start: float, end: float) -> dict[str, Any]:
    return operator("ConvolutionForward", [(start, start + 0.0005, end)], [(0.0, 0.0, 0.001)], 8000, 400)


def relu(start: float, end: float) -> dict[str, Any]:
    return operator("Elemwise", [(start, start, end)], [(0.0, 0.0, 0.002)], None, 100)


def test_the_document_holds_medians_over_the_passes() -> None:
    passes = [
        raw_profile([conv(1.000, 1.004), relu(1.004, 1.005)]),
        raw_profile([conv(5.000, 5.006), relu(5.006, 5.007)]),
        raw_profile([conv(9.000, 9.005), relu(9.005, 9.008)]),
    ]
    document = analyse(passes, MEASURED)
    first, second = document.operators.rows()
    assert (first.device_s, first.min_s, first.max_s) == pytest.approx((0.005, 0.004, 0.006))
    assert first.spread == pytest.approx(0.4)
    assert first.p90_s == pytest.approx(0.0058)
    assert first.passes_s == pytest.approx((0.004, 0.006, 0.005))
    assert (first.start_s, second.start_s) == pytest.approx((0.0, 0.005))
    assert (first.wait_s, second.wait_s) == pytest.approx((0.0005, 0.0))
    assert second.device_s == pytest.approx(0.001)
    assert document.totals.device_s == pytest.approx(0.006)
    assert document.totals.pass_device_s == pytest.approx((0.005, 0.007, 0.008))


def test_totals_rates_and_shares() -> None:
    document = analyse([raw_profile([conv(0.0, 0.004), relu(0.004, 0.005)])], MEASURED)
    totals = document.totals
    assert (totals.operators, totals.computation, totals.memory) == (2, 8000, 500)
    assert totals.flops == pytest.approx(8000 / 0.005)
    assert totals.bandwidth == pytest.approx(500 / 0.005)
    assert totals.host_s == pytest.approx(0.003)
    assert totals.end_to_end_s == 0.011
    assert totals.gap_s == pytest.approx(0.006)
    assert totals.profiler_overhead == pytest.approx(1.0)
    assert [(one.type, one.count) for one in document.by_type] == [("ConvolutionForward", 1), ("Elemwise", 1)]
    assert [one.share for one in document.by_type] == pytest.approx([0.8, 0.2])
    assert [one.flops for one in document.by_type] == [pytest.approx(2e6), None]


def test_operators_come_in_the_order_of_execution_whatever_the_file_says() -> None:
    raw = raw_profile([relu(0.0, 0.1), conv(0.1, 0.2), relu(0.2, 0.3)])
    shuffled = raw.replace(b'"comp_seq": ["0", "1", "2"]', b'"comp_seq": ["2", "0", "1"]')
    assert shuffled != raw
    assert list(analyse([shuffled], MEASURED).operators.id) == ["2", "0", "1"]


def test_an_operator_on_several_nodes_takes_as_long_as_its_longest() -> None:
    raw = raw_profile([operator(device=[(1.0, 1.5, 2.0), (1.0, 3.5, 4.0)], host=[(0.0, 0.0, 1.0)])])
    found = analyse_pass(raw).operators.row(0)
    assert (found.device_s, found.wait_s, found.node) == (3.0, 2.5, "cpu0:0")


def test_what_was_not_recorded_is_none_and_not_zero() -> None:
    raw = raw_profile([operator(device=None, host=[(0.0, 0.0, 1.0)], memory=None), relu(0.0, 0.0)], dtype=None)
    silent, instant = analyse([raw], MEASURED).operators.rows()
    assert (silent.device_s, silent.spread, silent.memory, silent.flops, silent.passes_s) == (
        None,
        None,
        None,
        None,
        (),
    )
    assert silent.input_dtypes == (None,)
    # Shorter than the profiler's microsecond: a time of zero, but no rate.
    assert (instant.device_s, instant.bandwidth, instant.spread) == (0.0, None, None)


def test_workspaces_have_no_shape_and_no_dtype() -> None:
    only = analyse([raw_profile([relu(0.0, 0.1)])], MEASURED).operators.row(0)
    assert (only.output_shapes, only.output_dtypes) == (((2, 3),), ("Float32",))


@given(st.lists(operators(), min_size=1, max_size=1), st.integers(1, 3))
def test_a_document_survives_its_storage_and_its_sums_add_up(made: list[list[dict[str, Any]]], repeats: int) -> None:
    raw = raw_profile(made[0])
    document = analyse([raw] * repeats, MEASURED)
    stored = dump_document(document)
    assert load_document(stored).operators.rows() == document.operators.rows()
    assert dump_document(load_document(stored)) == stored
    alone = analyse_pass(raw)
    assert document.totals.device_s == pytest.approx(alone.total.device_s)
    assert document.totals.computation == alone.total.computation == sum(one.computation for one in document.by_type)
    assert {one.type: one.memory for one in document.by_type} == {
        kind: one.memory for kind, one in alone.by_type.items()
    }
    if document.totals.device_s > 0:
        assert sum(document.operators.share) == pytest.approx(1.0)
        assert sum(one.share for one in document.by_type) == pytest.approx(1.0)


@given(st.lists(st.floats(1e-6, 10), min_size=1, max_size=50))
def test_a_distribution_is_numpys(values: list[float]) -> None:
    found = distribution(values)
    assert (found.count, found.min, found.max) == (len(values), min(values), max(values))
    assert found.p50 == pytest.approx(float(np.median(values)))
    assert found.std == pytest.approx(float(np.std(values)), abs=1e-12)
    assert found.min <= found.p50 <= found.p90 <= found.p99 <= found.max


def test_one_latency_has_no_deviation() -> None:
    assert distribution([0.25]).std == 0.0


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"graph_exec": {}, "profiler": {}}', b'{"graph_exec": 1, "profiler": null}'],
)
def test_what_is_no_profile_is_refused(content: bytes) -> None:
    with pytest.raises(RawProfileMalformed):
        read_raw(content)


def test_passes_of_different_graphs_are_refused() -> None:
    with pytest.raises(RawProfileMalformed, match="one compiled graph"):
        analyse([raw_profile([relu(0, 1)]), raw_profile([relu(0, 1), relu(1, 2)])], MEASURED)
    with pytest.raises(RawProfileMalformed, match="one compiled graph"):
        analyse([raw_profile([relu(0, 1)]), raw_profile([conv(0, 1)])], MEASURED)


def test_no_pass_at_all_is_refused() -> None:
    with pytest.raises(RawProfileMalformed, match="no raw profile"):
        analyse([], MEASURED)
