"""All rules, in the order in which their findings are read: what to distrust first, then what to gain."""

from collections.abc import Callable

from core.profile.advice import (
    batch_norm,
    bias_after_convolution,
    far_from_peak,
    gap,
    layout_changes,
    noise,
    one_operator,
    profiler_overhead,
    tiny_kernels,
)
from core.profile.advice.finding import Finding
from core.profile.document import ProfileDocument

Rule = Callable[[ProfileDocument], Finding | None]

RULES: tuple[Rule, ...] = (
    noise.look,
    profiler_overhead.look,
    gap.look,
    one_operator.look,
    tiny_kernels.look,
    layout_changes.look,
    batch_norm.look,
    bias_after_convolution.look,
    far_from_peak.look,
)


def advise(document: ProfileDocument) -> tuple[Finding, ...]:
    """What the rules find. Asked when a profile is read, so that new rules speak of old runs, too."""
    return tuple(found for rule in RULES if (found := rule(document)) is not None)
