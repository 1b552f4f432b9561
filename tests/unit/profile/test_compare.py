from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.profile.analyse import analyse
from core.profile.compare import compare, match
from core.profile.document import ProfileDocument
from core.profile.significance import least_p, p_values
from tests.unit.profile.generated import operator, operators, raw_profile
from tests.unit.profile.test_analyse import MEASURED


def made(kind: str, seconds: float, name: str | None = None, shape: tuple[int, ...] = (2, 3)) -> dict[str, Any]:
    return operator(kind, [(0.0, 0.0, seconds)], [(0.0, 0.0, 1.0)], 10, 10, name, shape=shape)


def run(*rows: dict[str, Any], passes: int = 5) -> ProfileDocument:
    slower = [1 + number / 100 for number in range(passes)]
    return analyse(
        [raw_profile([{**row, "device": [tuple(t * by for t in row["device"][0])]} for row in rows]) for by in slower],
        MEASURED,
    )


def test_a_slower_operator_is_marked_and_an_equal_one_is_not() -> None:
    found = compare([run(made("A", 1.0), made("B", 1.0)), run(made("A", 1.0), made("B", 1.2))])
    same, slower = (one.runs[1] for one in found.operators)
    assert same is not None
    assert slower is not None
    assert (same.ratio, same.significant, same.p) == (1.0, False, 1.0)
    assert slower.ratio == pytest.approx(1.2)
    assert slower.significant is True
    assert (found.runs[1].slower, found.runs[1].faster, found.runs[1].matched) == (1, 0, 2)


def test_too_few_passes_cannot_tell() -> None:
    found = compare([run(made("A", 1.0), passes=3), run(made("A", 9.0), passes=3)])
    cell = found.operators[0].runs[1]
    assert cell is not None
    assert (cell.significant, found.runs[1].by_chance) == (None, 0.0)


def test_operators_match_by_name_then_by_shape_and_what_is_left_is_listed() -> None:
    first = run(made("A", 1.0, "a[1]"), made("B", 1.0, "b[2]"), made("C", 1.0, "gone[3]"))
    other = run(made("B", 1.0, "renamed[7]"), made("A", 1.0, "a[1]"), made("D", 1.0, "new[8]"))
    found = compare([first, other])
    assert match(first.operators, other.operators).tolist() == [1, 0, -1]
    assert found.operators[2].runs[1] is None
    assert [one.name for one in found.runs[1].unmatched] == ["new[8]"]


@given(operators(), operators())
def test_each_operator_is_matched_once_and_a_run_with_itself_whole(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    tables = [analyse([raw_profile(one)], MEASURED).operators for one in (first, second)]
    assert match(tables[0], tables[0]).tolist() == list(range(len(first)))
    matched = [place for place in match(*tables).tolist() if place >= 0]
    assert len(matched) == len(set(matched))


@given(st.lists(st.integers(0, 9), min_size=2, max_size=5), st.lists(st.integers(0, 9), min_size=2, max_size=5))
def test_the_test_is_symmetric_and_never_below_what_it_can_reach(first: list[int], second: list[int]) -> None:
    a, b = (np.array([one], dtype=np.float64) for one in (first, second))
    p = p_values(a, b)[0]
    assert p == pytest.approx(p_values(b, a)[0])
    assert least_p(len(first), len(second)) - 1e-12 <= p <= 1


def test_known_values_of_the_rank_sum_test() -> None:
    low, high = np.array([[1.0, 2, 3, 4, 5]]), np.array([[6.0, 7, 8, 9, 10]])
    assert p_values(low, high)[0] == pytest.approx(2 / 252)
    # Many values: the normal approximation, with a correction of one half, as R's wilcox.test(correct=TRUE) says.
    many = np.arange(20.0)[None, :]
    assert p_values(many, many + 20)[0] == pytest.approx(6.796e-08, rel=1e-3)
    assert np.isnan(p_values(np.array([[np.nan, 1.0]]), low)[0])
