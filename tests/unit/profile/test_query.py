import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.profile.analyse import analyse
from core.profile.query import OperatorQuery, SortKey, select
from core.profile.refusal import QueryRefused
from core.profile.table import OperatorTable
from tests.unit.profile.generated import operator, raw_profile
from tests.unit.profile.test_analyse import MEASURED

OPERATORS = [
    operator("ConvolutionForward", [(0.0, 0.0, 0.3)], [(0, 0, 1)], 900, 10, "conv(data,weight)[1]"),
    operator("Elemwise", [(0.3, 0.3, 0.4)], [(0, 0, 1)], None, 30, "RELU(conv)[2]"),
    operator("ConvolutionForward", [(0.4, 0.4, 0.9)], [(0, 0, 1)], 100, 20, "conv(RELU,weight)[3]"),
    operator("Copy", None, [(0, 0, 1)], None, None, "copy(out)[4]"),
]


@pytest.fixture(scope="module")
def table() -> OperatorTable:
    return analyse([raw_profile(OPERATORS)], MEASURED).operators


def found(table: OperatorTable, query: OperatorQuery) -> list[str]:
    return [table.id[at] for at in select(table, query).rows]


def test_the_slowest_come_first_and_what_has_no_time_last(table: OperatorTable) -> None:
    assert found(table, OperatorQuery()) == ["2", "0", "1", "3"]
    assert found(table, OperatorQuery(sort="device_s")) == ["1", "0", "2", "3"]


def test_top_is_taken_after_sorting(table: OperatorTable) -> None:
    assert found(table, OperatorQuery(sort="-memory", top=2)) == ["1", "2"]
    assert found(table, OperatorQuery(top=0)) == []


def test_filters_by_type_and_name(table: OperatorTable) -> None:
    assert found(table, OperatorQuery(types=("ConvolutionForward",))) == ["2", "0"]
    assert found(table, OperatorQuery(types=("Copy", "Elemwise"), sort="order")) == ["1", "3"]
    assert found(table, OperatorQuery(name="relu", sort="order")) == ["1", "2"]
    assert found(table, OperatorQuery(name="conv(*", sort="order")) == ["0", "2"]
    assert found(table, OperatorQuery(name="weight)[3]")) == ["2"]
    assert found(table, OperatorQuery(name="nothing")) == []


@pytest.mark.parametrize("sort", ["", "-", "--name", "time", "device_s "])
def test_an_unknown_sort_key_is_refused_with_the_known_ones(table: OperatorTable, sort: str) -> None:
    with pytest.raises(QueryRefused, match="time_s, order"):
        select(table, OperatorQuery(sort=sort))


def test_a_negative_top_is_refused(table: OperatorTable) -> None:
    with pytest.raises(QueryRefused):
        select(table, OperatorQuery(top=-1))


@given(st.sampled_from(SortKey), st.booleans())
def test_sorting_loses_nothing_and_sorts(key: SortKey, descending: bool) -> None:
    table = analyse([raw_profile(OPERATORS)], MEASURED).operators
    rows = table.rows(select(table, OperatorQuery(sort=f"-{key}" if descending else key)).rows)
    assert sorted(one.id for one in rows) == ["0", "1", "2", "3"]
    values = [getattr(one, "device_s" if key is SortKey.TIME_S else key) for one in rows]
    known = [value for value in values if value is not None]
    assert values == sorted(known, reverse=descending) + [None] * (len(values) - len(known))
