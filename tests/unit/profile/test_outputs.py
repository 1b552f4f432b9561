from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.profile.outputs import Measure

SIDES = arrays.arrays(np.float32, st.integers(1, 50), elements=st.floats(-1e6, 1e6, width=32))


@given(SIDES, st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_pieces_give_what_the_whole_gives(a: np.ndarray, piece: int, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(size=a.shape).astype(np.float32)
    b = np.where(noise > 0, a + noise, a)
    measure = Measure()
    for start in range(0, a.size, piece):
        measure.take(a[start : start + piece], b[start : start + piece])
    found = measure.distance()
    x, y = a.astype(np.float64), b.astype(np.float64)
    apart, differing = np.abs(x - y), x != y
    assert (found.elements, found.differing, found.unlike) == (a.size, int(differing.sum()), 0)
    assert found.max_abs == apart.max()
    relative = apart[differing] / np.maximum(np.abs(x), np.abs(y))[differing]
    assert found.max_rel == (relative.max() if relative.size else 0)
    assert found.rms == pytest.approx(math.sqrt(float((apart**2).mean())), rel=1e-12)


def test_what_is_no_number_is_counted_apart() -> None:
    measure = Measure()
    one = np.array([np.nan, np.nan, np.inf, np.inf, 1, 2], np.float32)
    measure.take(one, np.array([np.nan, 0, np.inf, -np.inf, 1, 4], np.float32))
    found = measure.distance()
    assert (found.elements, found.differing, found.unlike) == (6, 3, 2)
    assert (found.max_abs, found.max_rel, found.rms) == (2, 0.5, 1)


def test_integers_are_numbers_too_and_nothing_is_equal_to_nothing() -> None:
    measure = Measure()
    measure.take(np.array([1, 255], np.uint8), np.array([1, 0], np.uint8))
    assert measure.distance().max_abs == 255
    assert Measure().distance().rms == 0
