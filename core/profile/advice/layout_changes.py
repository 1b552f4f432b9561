"""Time that goes into changing layouts and types instead of computing."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent, seconds_of, share_of, slowest
from core.profile.document import ProfileDocument

TYPES = frozenset({"Dimshuffle", "RelayoutFormat", "TypeCvt", "Reshape", "AxisAddRemove", "Concat", "Split"})
LEAST_SHARE = 0.1


def look(document: ProfileDocument) -> Finding | None:
    """At least a tenth of the device time."""
    places = [at for at, kind in enumerate(document.operators.type) if kind in TYPES]
    share = share_of(document, places)
    if share < LEAST_SHARE:
        return None
    return Finding(
        rule="layout_changes",
        title=Told(
            "{share} of the device time goes into changing layouts, shapes and types.",
            share=percent(share),
        ),
        advice="Look for transposes and casts between layers; with a blocked layout (nchw44, nchw88) try the run without it.",
        figures={"operators": len(places), "device_s": seconds_of(document, places), "share": share},
        operators=slowest(document, places),
    )
