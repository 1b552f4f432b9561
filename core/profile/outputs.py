"""How far two arrays are apart, in pieces: neither is ever held whole."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Distance:
    """Of ``elements`` pairs of numbers a, b. ``max_abs``: the largest ``|a - b|``, ``max_rel``: the largest ``|a - b| / max(|a|, |b|)``, ``rms``: the root of the mean of ``(a - b)²``.

    ``differing``: pairs that are not equal; two NaNs are. ``unlike``: pairs of which one alone is NaN, or that are infinite and not equal; the other figures leave them out.
    """

    elements: int
    differing: int
    unlike: int
    max_abs: float
    max_rel: float
    rms: float


class Measure:
    """Takes pieces of both arrays, of equal lengths, in order."""

    def __init__(self) -> None:
        self._elements = self._differing = self._unlike = 0
        self._max_abs = self._max_rel = self._squares = 0.0

    def take(self, one: "NDArray[np.generic]", other: "NDArray[np.generic]") -> None:
        """Numbers of any dtype; compared as float64."""
        a, b = one.astype(np.float64), other.astype(np.float64)
        differing = ~((a == b) | (np.isnan(a) & np.isnan(b)))
        self._elements += a.size
        self._differing += int(differing.sum())
        a, b = a[differing], b[differing]
        finite = np.isfinite(a) & np.isfinite(b)
        self._unlike += int(a.size - finite.sum())
        a, b = a[finite], b[finite]
        if a.size:
            apart = np.abs(a - b)
            self._max_abs = max(self._max_abs, float(apart.max()))
            self._max_rel = max(self._max_rel, float((apart / np.maximum(np.abs(a), np.abs(b))).max()))
            self._squares += float(np.dot(apart, apart))

    def distance(self) -> Distance:
        compared = self._elements - self._unlike
        rms = math.sqrt(self._squares / compared) if compared else 0.0
        return Distance(self._elements, self._differing, self._unlike, self._max_abs, self._max_rel, rms)
