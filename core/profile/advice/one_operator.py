"""One operator that is most of the run."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent
from core.profile.document import ProfileDocument

LEAST_SHARE = 0.5
LEAST_OPERATORS = 4


def look(document: ProfileDocument) -> Finding | None:
    """More than half of the device time in one of at least four operators."""
    table = document.operators
    if len(table) < LEAST_OPERATORS:
        return None
    at = int(table.share.argmax())
    share = float(table.share[at])
    if share <= LEAST_SHARE:
        return None
    return Finding(
        rule="one_operator_dominates",
        title=Told(
            "{name} ({type}) alone takes {share} of the device time.",
            name=table.name[at],
            type=table.type[at],
            share=percent(share),
        ),
        advice="Only this operator is worth work: try another algorithm (fast-run), layout or shape for it first.",
        figures={"device_s": float(table.device_s[at]), "share": share},
        operators=(table.id[at],),
    )
