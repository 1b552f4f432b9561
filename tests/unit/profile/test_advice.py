from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from core.profile.advice.rules import advise
from core.profile.analyse import analyse
from core.profile.document import Peaks, ProfileDocument
from core.profile.noise import noisy_operators, noisy_run
from core.profile.roofline import roofline
from tests.unit.profile.generated import operator, operators, raw_profile
from tests.unit.profile.test_analyse import MEASURED

QUIET = replace(MEASURED, latencies=(1.0,) * 5, profiled_latencies=(1.0,))


def run(*rows: tuple[str, float], mode: str = "NONE", peaks: Peaks | None = None) -> ProfileDocument:
    made = [operator(kind, [(0, 0, seconds)], [(0, 0, 1)], 100, 100, mode=mode) for kind, seconds in rows]
    return analyse([raw_profile(made)], replace(QUIET, peaks=peaks))


def rules(document: ProfileDocument) -> list[str]:
    return [one.rule for one in advise(document)]


EVEN = [("X", 0.24)] * 4


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (run(*EVEN), []),
        (run(("X", 0.7), ("Y", 0.1), ("Y", 0.1), ("Y", 0.1)), ["one_operator_dominates"]),
        (run(*EVEN[:3], ("Dimshuffle", 0.2)), ["layout_changes"]),
        (run(*EVEN[:3], ("BatchNorm", 0.2)), ["batch_norm_not_fused"]),
        (run(*EVEN[:2], ("ConvolutionForward", 0.2), ("Elemwise", 0.2), mode="ADD"), ["convolution_bias_not_fused"]),
        (run(*[("X", 0.1)] * 4), ["large_gap"]),
        (run(*[("X", 1e-5)] * 20), ["large_gap", "tiny_kernels"]),
        (run(*EVEN, peaks=Peaks(flops=1e6, bandwidth=1e6)), ["far_from_peak"]),
    ],
)
def test_each_rule_speaks_when_it_should_and_only_then(document: ProfileDocument, expected: list[str]) -> None:
    assert rules(document) == expected


def test_noise_and_overhead_come_first() -> None:
    measured = replace(QUIET, latencies=(1, 1.5, 1, 1.5, 1, 1.5), profiled_latencies=(3.0,))
    made = [operator(device=[(0, 0, 0.3)], host=[(0, 0, 1)]) for _ in range(4)]
    assert rules(analyse([raw_profile(made)], measured)) == ["noisy_run", "profiler_overhead"]


@given(operators())
def test_no_rule_breaks(made: list[dict[str, Any]]) -> None:
    for finding in advise(analyse([raw_profile(made)] * 3, MEASURED)):
        assert finding.title
        assert finding.advice


def test_one_disturbed_pass_is_no_noise() -> None:
    import numpy as np

    passes = np.array([[1.0, 1.0, 1.0, 1.0, 9.0], [1.0, 2.0, 3.0, 4.0, 5.0], [1e-6, 2e-6, 3e-6, 4e-6, 5e-6]])
    assert noisy_operators(passes) == [False, True, False]
    assert noisy_operators(passes[:, :2]) == [None] * 3
    assert noisy_run((1.0,), [None], np.array([1.0])) is None
    assert noisy_run((1.0,), [True], np.array([1.0])) is True


def test_a_roofline_bounds_by_memory_or_by_computation() -> None:
    peaks = Peaks(flops=100.0, bandwidth=10.0)
    low, high, mover = roofline(50, 50, 10.0, peaks), roofline(500, 10, 10.0, peaks), roofline(None, 50, 10.0, peaks)
    assert low is not None
    assert high is not None
    assert mover is not None
    assert (low.bound, low.intensity, low.of_attainable) == ("memory", 1.0, 0.5)
    assert (high.bound, high.of_attainable) == ("computation", 0.5)
    assert (mover.bound, mover.of_attainable) == ("memory", 0.5)
    assert roofline(1, 1, 0.0, peaks) is None
    assert roofline(1, 1, 1.0, None) is None
