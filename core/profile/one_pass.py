"""The figures of one raw profile alone: for comparison with ``megengine.tools.profile_analyze`` on the same file, to which they are equal.

Documents do not hold these; they hold medians over passes (``analyse.py``).
"""

from dataclasses import dataclass

from core.profile.raw import RawOperator, RawPass, read_raw
from core.profile.sums import Sum, sum_by_type, sum_operators, total_host_s


@dataclass(frozen=True, slots=True)
class PassAnalysis:
    """``total.device_s`` and ``host_s`` are profile_analyze's "total device time" and "total host time"."""

    operators: tuple[RawOperator, ...]
    total: Sum
    host_s: float
    by_type: dict[str, Sum]


def analyse_pass(profile: bytes | RawPass) -> PassAnalysis:
    """Analyse one raw profile. Raises RawProfileMalformed."""
    raw = profile if isinstance(profile, RawPass) else read_raw(profile)
    return PassAnalysis(
        operators=raw.operators,
        total=sum_operators(raw.operators),
        host_s=total_host_s(raw.operators),
        by_type=sum_by_type(raw.operators),
    )
