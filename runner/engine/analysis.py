"""From a measurement to its analysed document."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from core.events.values import DevicePeaks
from core.profile.analyse import Measured, analyse
from core.profile.document import Peaks, ProfileDocument
from runner.engine.job import Measurement

_lock = Lock()
_paused = 0


def analyse_measurement(measurement: Measurement, peaks: DevicePeaks | None = None) -> ProfileDocument:
    """Read and analyse the raw profiles, one in memory at a time. Takes CPU (about 0.3 s for 11,000 operators a pass): call it off the event loop.

    Raises RawProfileMalformed for what MegEngine would not write, and OSError.
    """
    with uncollected():
        return analyse((path.read_bytes() for path in measurement.raw_profiles), measured_of(measurement, peaks))


def measured_of(measurement: Measurement, peaks: DevicePeaks | None = None) -> Measured:
    """What was measured beside the raw profiles, and the device's peaks."""
    return Measured(
        engine_build=measurement.engine_build,
        latencies=measurement.latencies,
        profiled_latencies=measurement.profiled_latencies,
        load_s=measurement.load_s,
        compile_s=measurement.compile_s,
        first_run_s=measurement.first_run_s,
        peak_memory=measurement.peak_memory,
        peaks=None if peaks is None else Peaks(flops=peaks.flops, bandwidth=peaks.bandwidth),
    )


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off the collection of cycles, in the whole process, until every such section has ended.

    Parsed JSON is a million young containers without one cycle, and looking through them again and again takes longer than parsing. What else runs here meanwhile
    (an event loop that mostly waits) makes few cycles in that second, and they are collected after it.
    """
    global _paused  # noqa: PLW0603 - the collector itself is one for the process
    with _lock:
        if not _paused:
            gc.disable()
        _paused += 1
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if not _paused:
                gc.enable()
