"""The figures of one raw profile alone: for comparison with ``megengine.tools.profile_analyze`` on the same file, to which they are equal.

Documents do not hold these; they hold medians over passes (``analyse.py``).
"""

from dataclasses import dataclass

import numpy as np

from core.profile.columns import operator_table
from core.profile.raw import read_raw
from core.profile.sums import Sum, sum_by_type, sum_operators, total_seconds
from core.profile.table import OperatorTable


@dataclass(frozen=True, slots=True, eq=False)
class PassAnalysis:
    """``operators`` in the file's order, as the reference adds. ``total.device_s`` and ``host_s`` are profile_analyze's "total device time" and "total host time"."""

    operators: OperatorTable
    total: Sum
    host_s: float
    by_type: dict[str, Sum]


def analyse_pass(profile: bytes) -> PassAnalysis:
    """Analyse one raw profile. Raises RawProfileMalformed."""
    raw = read_raw(profile)
    table = operator_table([raw], np.arange(len(raw.ids)))
    return PassAnalysis(table, sum_operators(table), total_seconds(table.host_s), sum_by_type(table))
