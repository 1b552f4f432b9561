"""From a measurement to its analysed document."""

from core.profile.analyse import Measured, analyse
from core.profile.document import ProfileDocument
from runner.engine.job import Measurement


def analyse_measurement(measurement: Measurement) -> ProfileDocument:
    """Read and analyse the raw profiles, one in memory at a time. Takes CPU (about 1 s for 11,000 operators a pass): call it off the event loop.

    Raises RawProfileMalformed for what MegEngine would not write, and OSError.
    """
    return analyse(
        (path.read_bytes() for path in measurement.raw_profiles),
        Measured(
            engine_build=measurement.engine_build,
            latencies=measurement.latencies,
            profiled_latencies=measurement.profiled_latencies,
            load_s=measurement.load_s,
            compile_s=measurement.compile_s,
            first_run_s=measurement.first_run_s,
            peak_memory=measurement.peak_memory,
        ),
    )
