"""The peaks that a real engine measures, and the roofline of a real run under them."""

from pathlib import Path

import pytest

from core.profile.roofline import roofline
from runner.engine.analysis import analyse_measurement
from runner.peaks import measured
from tests.integration.engine.conftest import Run

pytestmark = pytest.mark.engine


async def test_a_real_run_stands_under_measured_peaks(engine_python: Path, runs: dict[str, Run]) -> None:
    peaks = await measured(engine_python)
    assert peaks is not None
    # Slower than any machine that MegEngine runs on, and faster than any: a wrong unit would be outside.
    assert 1e8 < peaks.flops < 1e14
    assert 1e7 < peaks.bandwidth < 1e13
    document = analyse_measurement(runs["resnet"].measurement, peaks)
    assert document.peaks is not None
    placed = {
        one.type: found
        for one in document.operators.rows()
        if (found := roofline(one.computation, one.memory, one.device_s, document.peaks)) is not None
    }
    convolution = placed["ConvolutionForward"]
    assert convolution.bound == ("memory" if convolution.intensity < peaks.flops / peaks.bandwidth else "computation")  # type: ignore[operator]
    assert convolution.of_peak_flops is not None
    assert convolution.of_peak_flops > 0
