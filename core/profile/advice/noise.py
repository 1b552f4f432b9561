"""A run whose figures moved too much."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, slowest
from core.profile.document import ProfileDocument


def look(document: ProfileDocument) -> Finding | None:
    """The run's noisy mark: see ``core/profile/noise.py``."""
    totals, latency = document.totals, document.timing.latency
    if totals.noisy is not True:
        return None
    places = [at for at, one in enumerate(document.operators.noisy) if one]
    return Finding(
        rule="noisy_run",
        title=Told(
            "The run is noisy: latencies from {least_ms:.3g} to {most_ms:.3g} ms, {count} operators that differ between passes.",
            least_ms=latency.min * 1e3,
            most_ms=latency.max * 1e3,
            count=len(places),
        ),
        advice="Measure again with more iterations and passes, on a machine that does nothing else, with a fixed frequency.",
        figures={"min_s": latency.min, "p50_s": latency.p50, "max_s": latency.max, "operators": len(places)},
        operators=slowest(document, places),
    )
