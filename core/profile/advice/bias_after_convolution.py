"""Additions and activations behind convolutions that could be a part of them."""

from core.domain.told import Told
from core.profile.advice.finding import Finding, percent, seconds_of, share_of, slowest
from core.profile.document import ProfileDocument

CONVOLUTIONS = frozenset({"Convolution", "ConvolutionForward"})
MODES = frozenset({"ADD", "RELU", "SIGMOID", "H_SWISH", "FUSE_ADD_RELU", "FUSE_ADD_SIGMOID", "FUSE_ADD_H_SWISH"})
LEAST_SHARE = 0.02


def look(document: ProfileDocument) -> Finding | None:
    """Elementwise operators that run right behind a convolution on what has its output's shape, with at least 2 % of the time: ConvBias does both at once."""
    table = document.operators
    places = [
        at
        for at in range(1, len(table))
        if table.type[at] == "Elemwise"
        and table.type[at - 1] in CONVOLUTIONS
        and table.param[at].get("mode") in MODES
        and table.output_shapes[at][:1] == table.output_shapes[at - 1][:1]
    ]
    share = share_of(document, places)
    if share < LEAST_SHARE:
        return None
    return Finding(
        rule="convolution_bias_not_fused",
        title=Told(
            "{count} additions or activations run apart behind convolutions, {share} of the device time.",
            count=len(places),
            share=percent(share),
        ),
        advice="Run with fuse-conv-bias-nonlinearity, or dump with optimize_for_inference(enable_fuse_conv_bias_nonlinearity=True).",
        figures={"operators": len(places), "device_s": seconds_of(document, places), "share": share},
        operators=slowest(document, places),
    )
