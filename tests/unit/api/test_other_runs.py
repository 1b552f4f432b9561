from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from api.profile.other_runs import OtherRun, faster
from core.events.values import ProfileOptions

MINE = ProfileOptions()


def other(number: int, seconds: float, **options: Any) -> OtherRun:
    return OtherRun(UUID(int=number), ProfileOptions(**options), seconds)


def test_the_quickest_run_with_other_options_is_named() -> None:
    runs = [other(1, 0.05, weight_preprocess=True), other(2, 0.04, weight_preprocess=True, nchw44=True), other(3, 0.01)]
    found = faster(MINE, 0.084, runs)
    assert found is not None
    assert found.title == f"The same model with weight_preprocess on, nchw44 on was 2.1x faster in run {UUID(int=2)}."
    assert found.figures["ratio"] == pytest.approx(2.1)


@pytest.mark.parametrize(
    "run",
    [
        other(1, 0.095, weight_preprocess=True),  # hardly faster
        other(1, 0.01, iterations=99, warmup=0, time_limit_s=5),  # measured in another way only
        other(1, 0.01, batch_size=1),  # of other work
        other(1, 0.0, fast_run=True),  # no time at all
    ],
)
def test_nothing_is_said_of_other_runs(run: OtherRun) -> None:
    assert faster(MINE, 0.1, [run]) is None
    assert faster(MINE, 0.1, []) is None
