"""Batch normalisation that runs as an operator of its own."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent, seconds_of, share_of, slowest
from core.profile.document import ProfileDocument

TYPES = frozenset({"BatchNorm", "BatchNormForward"})


def look(document: ProfileDocument) -> Finding | None:
    """Any such operator: in inference it can be folded into the convolution before it, whose weights it only scales."""
    places = [at for at, kind in enumerate(document.operators.type) if kind in TYPES]
    if not places:
        return None
    share = share_of(document, places)
    return Finding(
        rule="batch_norm_not_fused",
        title=Told(
            "{count} batch normalisations run as operators of their own, {share} of the device time.",
            count=len(places),
            share=percent(share),
        ),
        advice="Call model.eval() before tracing and dump with optimize_for_inference, or fold them into the convolutions.",
        figures={"operators": len(places), "device_s": seconds_of(document, places), "share": share},
        operators=slowest(document, places),
    )
