"""A profiler that changed what it measured."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent
from core.profile.document import ProfileDocument

LEAST_OVERHEAD = 0.5


def look(document: ProfileDocument) -> Finding | None:
    """The profiled passes took at least half as long again as the clean ones."""
    overhead = document.totals.profiler_overhead
    if overhead is None or overhead < LEAST_OVERHEAD:
        return None
    return Finding(
        rule="profiler_overhead",
        title=Told(
            "With the profiler the model took {share} longer: short operators look longer than they are.",
            share=percent(overhead),
        ),
        advice="Trust the end-to-end time for totals, and shares of long operators; do not add up short ones.",
        figures={"overhead": overhead},
    )
