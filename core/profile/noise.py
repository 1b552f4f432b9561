"""When a median is not to be trusted.

The measure is the interquartile range: one pass that something else on the machine disturbed does not move a median much, and shall not mark it.
"""

from collections.abc import Sequence

import numpy as np

from core.profile.table import Floats

LEAST_PASSES = 3
LEAST_LATENCIES = 5
OPERATOR_SPREAD = 0.2
"""An operator is noisy when half of its passes differ by more than a fifth of its median …"""
RESOLUTIONS_S = 5e-6
"""… and by more than five ticks of the profiler's clock."""
RUN_SPREAD = 0.1
"""A run is noisy when half of its clean latencies differ by more than a tenth of their median …"""
NOISY_SHARE = 0.25
"""… or when noisy operators hold more than a quarter of all device time."""


def noisy_operators(passes_s: Floats) -> list[bool | None]:
    """By row of (operators, passes), NaN where a time is unknown: whether it is noisy; None for fewer than three passes or an unknown time."""
    if passes_s.shape[1] < LEAST_PASSES:
        return [None] * len(passes_s)
    first, median, third = np.percentile(passes_s, (25, 50, 75), axis=1)
    range_ = third - first
    noisy = (range_ > OPERATOR_SPREAD * median) & (range_ > RESOLUTIONS_S)
    return [None if gone else mark for gone, mark in zip(np.isnan(median).tolist(), noisy.tolist(), strict=True)]


def noisy_run(latencies: Sequence[float], noisy: Sequence[bool | None], shares: Floats) -> bool | None:
    """Whether a whole run is noisy; None when neither enough latencies nor enough passes say anything."""
    marked = [index for index, one in enumerate(noisy) if one]
    by_operators = None if all(one is None for one in noisy) else float(shares[marked].sum()) > NOISY_SHARE
    by_latency = None
    if len(latencies) >= LEAST_LATENCIES:
        first, median, third = np.percentile(np.asarray(latencies), (25, 50, 75))
        by_latency = bool(third - first > RUN_SPREAD * median)
    known = [one for one in (by_operators, by_latency) if one is not None]
    return any(known) if known else None
