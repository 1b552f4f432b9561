"""Kernels so short that starting them is what takes the time."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent, seconds_of, share_of, slowest
from core.profile.document import ProfileDocument

TINY_S = 20e-6
LEAST_OPERATORS = 10
LEAST_SHARE = 0.2


def look(document: ProfileDocument) -> Finding | None:
    """Operators of at most 20 microseconds are more than half of all, at least ten, and take at least a fifth of the device time."""
    table = document.operators
    timed = [at for at, seconds in enumerate(table.device_s.tolist()) if seconds == seconds]  # noqa: PLR0124 - NaN
    places = [at for at in timed if table.device_s[at] <= TINY_S]
    share = share_of(document, places)
    if len(places) < LEAST_OPERATORS or 2 * len(places) <= len(timed) or share < LEAST_SHARE:
        return None
    return Finding(
        rule="tiny_kernels",
        title=Told(
            "{count} of {all} operators take at most 20 µs each, {share} of the device time: dispatch dominates.",
            count=len(places),
            all=len(timed),
            share=percent(share),
        ),
        advice="Use larger batches, or fuse elementwise operators, so that each kernel has more to do.",
        figures={"operators": len(places), "device_s": seconds_of(document, places), "share": share},
        operators=slowest(document, places),
    )
