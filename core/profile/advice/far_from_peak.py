"""Operators far below what the device could do for them."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent, seconds_of, share_of, slowest
from core.profile.document import ProfileDocument
from core.profile.roofline import roofline
from core.profile.table import known

LARGEST = 0.1
LEAST_SHARE = 0.3


def look(document: ProfileDocument) -> Finding | None:
    """Operators that reach less than a tenth of their roofline have at least 30 % of the device time. Only where the device's peaks are known."""
    table = document.operators
    places = [
        at
        for at, seconds in enumerate(table.device_s.tolist())
        if (found := roofline(table.computation[at], table.memory[at], known(seconds), document.peaks)) is not None
        and found.of_attainable is not None
        and found.of_attainable < LARGEST
    ]
    share = share_of(document, places)
    if share < LEAST_SHARE:
        return None
    return Finding(
        rule="far_from_peak",
        title=Told(
            "{count} operators with {share} of the device time reach less than a tenth of what the device can do.",
            count=len(places),
            share=percent(share),
        ),
        advice="Try fast-run (it picks algorithms by measuring), a blocked layout, or weight preprocessing.",
        figures={"operators": len(places), "device_s": seconds_of(document, places), "share": share},
        operators=slowest(document, places),
    )
