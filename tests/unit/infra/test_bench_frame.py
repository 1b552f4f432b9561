"""The table of benches: medians, ratios and goals of known samples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.frame import Between, Figure, Goal, spread, write


def test_a_figure_against_another_side_is_judged_by_its_ratio() -> None:
    figure = Figure("overhead", "s", [3.0, 1.0, 2.0], [1.0, 1.0, 4.0], Goal(1.5))
    assert (figure.value, figure.other, figure.ratio, figure.met) == (2.0, 1.0, 2.0, False)


def test_a_figure_alone_is_judged_by_its_value() -> None:
    assert Figure("rate", "/s", [1_000.0], goal=Goal(900, "higher")).met is True
    assert Figure("rate", "/s", [800.0], goal=Goal(900, "higher")).met is False
    assert Figure("rate", "/s", [800.0]).met is None


@pytest.mark.parametrize(("ours", "met"), [(0.94, False), (0.95, True), (1.0, True), (1.05, True), (1.06, False)])
def test_a_ratio_can_be_held_from_both_sides(ours: float, met: bool) -> None:
    assert Figure("latency", "s", [ours], [1.0], Between(0.95, 1.05)).met is met


def test_spread_is_the_interquartile_range_over_the_median() -> None:
    assert spread([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2 / 3)
    assert spread([1.0]) == 0.0


def test_results_of_other_benches_are_kept(tmp_path: Path) -> None:
    file = tmp_path / ".bench" / "results.json"
    write([Figure("a", "s", [1.0]), Figure("b", "s", [2.0])], file)
    write([Figure("a", "s", [3.0], [6.0], Goal(1))], file)
    assert json.loads(file.read_text()) == [
        {"name": "b", "value": 2.0, "unit": "s", "against": None, "ratio": None, "goal": None, "met": None},
        {"name": "a", "value": 3.0, "unit": "s", "against": 6.0, "ratio": 0.5, "goal": 1, "met": True},
    ]
