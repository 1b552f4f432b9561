"""Every filter and aggregate gives the figures of MegEngine's own ProfileAnalyzer, asked as profile_analyze asks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bench.replicate import replicate
from core.profile.aggregate import Aggregate, GroupBy, aggregate, copy_time
from core.profile.one_pass import analyse_pass
from core.profile.query import OperatorQuery, Side, Until, select
from core.profile.table import OperatorTable
from tests.integration.engine.conftest import Answer, Reference, Run
from tests.unit.profile.generated import operators, raw_profile

pytestmark = pytest.mark.engine

Asked = dict[str, Any]


def questions() -> st.SearchStrategy[Asked]:
    grouped = st.sampled_from(
        [{}, *({"aggregate": one.value, **by} for one in Aggregate for by in ({}, {"aggregate_by": "type"}))]
    )
    filters = st.fixed_dictionaries(
        {"side": st.sampled_from(["device", "host"]), "top_end_key": st.sampled_from(["end", "kern"])},
        optional={
            "type": st.lists(st.sampled_from(["ConvolutionForward", "Elemwise", "Copy"]), min_size=1, max_size=2),
            "opr_name": st.sampled_from(["conv", ".*[02468]\\]$", "(elemwise|copy)", "x", "c.*\\[1"]),
            "input_dtype": st.sampled_from(["Float32", "Int32"]),
            "min_time": st.sampled_from([0.0, 0.001, 0.005]),
            "max_time": st.sampled_from([0.002, 0.012]),
            "order_by": st.sampled_from(["time", "+time"]),
            "top": st.integers(1, 5),
        },
    )
    return st.builds(lambda a, b: {**a, **b}, filters, grouped)


def as_query(asked: Asked) -> OperatorQuery:
    order = asked.get("order_by")
    return OperatorQuery(
        sort="order" if order is None else "time_s" if order.startswith("+") else "-time_s",
        top=asked.get("top"),
        types=tuple(asked.get("type", ())),
        regex=asked.get("opr_name"),
        input_dtype=asked.get("input_dtype"),
        side=Side(asked["side"]),
        until=Until(asked["top_end_key"]),
        min_s=asked.get("min_time"),
        max_s=asked.get("max_time"),
    )


def agree(table: OperatorTable, asked: Asked, theirs: Answer, rel: float = 0.0) -> None:
    """Times to the last bit, sums of times to ``rel``. In the order of time, where the question has one: equals may change places in the tool."""
    if theirs is None:
        return
    if "aggregate" in asked:
        agree_in_groups(table, asked, theirs, rel)
    else:
        agree_one_by_one(table, asked, theirs)


def agree_one_by_one(table: OperatorTable, asked: Asked, theirs: list[dict[str, Any]]) -> None:
    unlimited = {**asked, "top": None}
    found = select(table, as_query(unlimited))
    rows = {table.id[at]: time for at, time in zip(found.rows.tolist(), found.time_s.tolist(), strict=True)}
    places = {key: place for place, key in enumerate(table.id)}
    for one in theirs:
        assert rows[one["id"]] == one["time"]
        row = table.row(places[one["id"]])
        assert (row.computation, row.memory) == (one["computation"], one["memory"])
        if (asked["side"], asked["top_end_key"]) == ("device", "end"):
            assert (row.flops, row.bandwidth) == (one["flops"], one["bandwidth"])
    if "order_by" in asked:
        ours = select(table, as_query(asked))
        timed = [time for time in ours.time_s.tolist() if time == time]  # noqa: PLR0124 - NaN
        assert timed == [one["time"] for one in theirs]
    elif "top" not in asked:
        assert {key for key, time in rows.items() if time == time} == {one["id"] for one in theirs}  # noqa: PLR0124 - NaN


def agree_in_groups(table: OperatorTable, asked: Asked, theirs: list[dict[str, Any]], rel: float) -> None:
    by = GroupBy.TYPE if "aggregate_by" in asked else GroupBy.ALL
    query = as_query({**asked, "order_by": asked.get("order_by", "time")})
    if "order_by" not in asked and "top" in asked:
        return  # the first few of a hash table's order: nobody can want that
    ours = aggregate(table, query, by, Aggregate(asked["aggregate"]))
    told = [(one.time_s, one.count) for one in ours]
    expected = [(one["time"], one["count"]) for one in theirs]
    assert sorted(told) == [pytest.approx(one, rel=rel, abs=0.0) for one in sorted(expected)]
    if "order_by" in asked:
        assert [time for time, _ in told] == pytest.approx([time for time, _ in expected], rel=rel, abs=0.0)
    if by is GroupBy.TYPE and "top" not in asked:
        reference = {one["type"]: one for one in theirs}
        for one in ours:
            them = reference[str(one.type)]
            assert one.time_s == pytest.approx(them["time"], rel=rel, abs=0.0)
            for figure in ("computation", "memory", "flops", "bandwidth"):
                # The tool adds NaN-free floats in another way here and there: the last bit may differ.
                assert getattr(one, figure) == (
                    None if them[figure] is None else pytest.approx(them[figure], rel=max(rel, 1e-15))
                )


async def test_made_up_profiles_answer_as_profile_analyze(reference: Reference, tmp_path: Path, soak: bool) -> None:
    made: list[tuple[bytes, Asked]] = []
    profiles = st.builds(raw_profile, operators(), st.sampled_from(["Float32", None]))

    @settings(max_examples=1000 if soak else 150, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(profiles, questions())
    def collect(profile: bytes, asked: Asked) -> None:
        made.append((profile, asked))

    collect()
    paths = [tmp_path / f"{number}.json" for number in range(len(made))]
    for path, (profile, _) in zip(paths, made, strict=True):
        path.write_bytes(profile)
    asked = [one for _, one in made]
    answered = 0
    for number, answers in enumerate(reference.answers(paths, asked[:40], tmp_path)):
        table = analyse_pass(made[number][0]).operators
        for one, theirs in zip(asked[:40], answers, strict=True):
            agree(table, one, theirs)
            answered += bool(theirs)
    assert answered > 1000


FILTERS: list[Asked] = [
    {"order_by": "time", "top": 5},
    {"order_by": "+time"},
    {"type": ["ConvolutionForward", "Elemwise"]},
    {"opr_name": "conv"},
    {"min_time": 1e-5, "max_time": 1e-3},
    *({"aggregate": one.value, "aggregate_by": "type"} for one in Aggregate),
    *({"aggregate": one.value} for one in Aggregate),
]
REAL: list[Asked] = [
    {"side": side, "top_end_key": key, **more}
    for side in ("device", "host")
    for key in ("end", "kern")
    for more in FILTERS
]


async def test_real_profiles_answer_as_profile_analyze(
    runs: dict[str, Run], reference: Reference, tmp_path: Path
) -> None:
    profiles = [path for run in runs.values() for path in run.measurement.raw_profiles]
    for path, answers in zip(profiles, reference.answers(profiles, REAL, tmp_path), strict=True):
        table = analyse_pass(path.read_bytes()).operators
        for one, theirs in zip(REAL, answers, strict=True):
            agree(table, one, theirs)
        assert sum(theirs is not None for theirs in answers) > len(REAL) / 2


LARGE: list[Asked] = [
    {"side": "device", "top_end_key": "kern", "type": ["ConvolutionForward", "Elemwise"], "order_by": "time"},
    {"side": "host", "top_end_key": "end", "opr_name": "conv", "min_time": 1e-5},
    {"side": "device", "top_end_key": "end", "aggregate": "sum", "aggregate_by": "type", "max_time": 1e-3},
    {"side": "device", "top_end_key": "end", "aggregate": "mean", "input_dtype": "Float32"},
]


@pytest.mark.soak
async def test_eleven_thousand_operators_answer_as_profile_analyze(
    runs: dict[str, Run], reference: Reference, tmp_path: Path
) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(replicate(runs["resnet"].measurement.raw_profiles[0].read_bytes(), 11_000))
    table = analyse_pass(path.read_bytes()).operators
    assert len(table) >= 11_000
    answered = 0
    for one, theirs in zip(LARGE, reference.answers([path], LARGE, tmp_path)[0], strict=True):
        agree(table, one, theirs, rel=1e-14)
        answered += bool(theirs)
    # The tool itself has no answer where a variable has no memory plan.
    assert answered >= 3


async def test_copy_time_is_that_of_profile_analyze(reference: Reference, tmp_path: Path) -> None:
    made: list[bytes] = []

    @settings(max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.builds(raw_profile, operators()))
    def collect(profile: bytes) -> None:
        made.append(profile)

    collect()
    paths = [tmp_path / f"{number}.json" for number in range(len(made))]
    for path, profile in zip(paths, made, strict=True):
        path.write_bytes(profile)
    asked: list[Asked] = [
        {"side": "device", "top_end_key": key, "aggregate": how, "copies": True}
        for key in ("end", "kern")
        for how in ("sum", "mean")
    ]
    seen = 0
    for profile, answers in zip(made, reference.answers(paths, asked, tmp_path), strict=True):
        ours = copy_time(analyse_pass(profile).operators, OperatorQuery())
        told = [one[0]["time"] if one else None for one in answers]
        if ours.count:
            assert [ours.total_s, ours.mean_s, ours.wait_total_s, ours.wait_mean_s] == pytest.approx(told, rel=1e-15)
        else:
            assert told == [None] * 4
        seen += ours.count
    assert seen > 3
