"""Whether two sets of repeated measurements differ, without assuming how they are distributed.

The Wilcoxon-Mann-Whitney rank-sum test, two-sided. Times are skewed, have outliers and come in ticks of a microsecond, so a t-test's assumption does not hold, and with the usual
five passes nothing can show that it does. Ranks ask only whether one run's passes tend to lie above the other's; an outlier counts no more than the largest rank. For few passes the
exact permutation distribution is counted (ties share their mean rank), for many the normal approximation with the correction for ties.

What it cannot say: passes of one run share the state of the machine, so a small p says that these *runs* differ, and not yet that a change of the model or engine did it.
"""

import math
from itertools import combinations

import numpy as np

from core.profile.table import Floats

ALPHA = 0.01
"""Two runs of five passes reach 2 / 252 = 0.008, when no pass of one lies among the other's; two of four only 0.03, and say nothing."""
_EXACT_UP_TO = 1000


def least_p(first: int, second: int) -> float:
    """The smallest p that so many measurements can reach."""
    return 2 / math.comb(first + second, first)


def p_values(first: Floats, second: Floats) -> Floats:
    """By row, for measurements of shapes (rows, n) and (rows, m): two-sided p; NaN where a measurement is unknown or there is none."""
    n, m = first.shape[1], second.shape[1]
    found = np.full(len(first), np.nan)
    if not n or not m:
        return found
    both = np.concatenate([first, second], axis=1)
    known = ~np.isnan(both).any(axis=1)
    ranks = _ranks(both[known])
    exact = math.comb(n + m, n) <= _EXACT_UP_TO
    found[known] = _exact(ranks, n) if exact else _approximate(ranks, n)
    return found


def _ranks(values: Floats) -> Floats:
    """From 1, by row; equals share the mean of their ranks: the count of smaller ones, and half of the count of equals."""
    smaller = np.array([(row[:, None] > row[None, :]).sum(axis=1) for row in values], dtype=np.float64)
    equal = np.array([(row[:, None] == row[None, :]).sum(axis=1) for row in values], dtype=np.float64)
    return (smaller + (equal + 1) / 2).reshape(values.shape)


def _exact(ranks: Floats, n: int) -> Floats:
    """Twice the smaller tail: the share of all ways to pick n of the ranks whose sum is at most, or at least, the observed one."""
    observed = ranks[:, :n].sum(axis=1)
    picks = list(combinations(range(ranks.shape[1]), n))
    below, above = np.zeros(len(ranks)), np.zeros(len(ranks))
    for pick in picks:
        sums = ranks[:, pick].sum(axis=1)
        # Ranks are halves at the finest, so their sums are exact.
        below += sums <= observed
        above += sums >= observed
    return np.minimum(1.0, 2 * np.minimum(below, above) / len(picks))


def _approximate(ranks: Floats, n: int) -> Floats:
    count = ranks.shape[1]
    m = count - n
    # The variance of a sum of n of these very ranks, drawn without putting back, which takes care of ties.
    variance = n * m / (count * (count - 1)) * ((ranks - (count + 1) / 2) ** 2).sum(axis=1)
    distance = np.maximum(np.abs(ranks[:, :n].sum(axis=1) - n * (count + 1) / 2) - 0.5, 0)
    z = np.divide(distance, np.sqrt(variance), out=np.zeros(len(ranks)), where=variance > 0)
    return np.array([math.erfc(one / math.sqrt(2)) for one in z.tolist()])
