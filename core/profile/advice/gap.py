"""End-to-end time that no operator accounts for."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent
from core.profile.document import ProfileDocument

LEAST_SHARE = 0.2


def look(document: ProfileDocument) -> Finding | None:
    """More than a fifth of the clean end-to-end time lies outside of operators."""
    totals = document.totals
    if totals.end_to_end_s <= 0 or totals.gap_s / totals.end_to_end_s <= LEAST_SHARE:
        return None
    share = totals.gap_s / totals.end_to_end_s
    return Finding(
        rule="large_gap",
        title=Told(
            "{share} of the end-to-end time is not in any operator.",
            share=percent(share),
        ),
        advice="It goes into copying inputs and outputs and into dispatch: compare host and device time, and try larger batches.",
        figures={"gap_s": totals.gap_s, "end_to_end_s": totals.end_to_end_s, "share": share},
    )
