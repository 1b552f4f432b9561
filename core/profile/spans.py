"""When operators ran, on each computing node and each host thread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.profile.written import Times

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Parallel columns, in the file's order. ``row``: the operator's place in the pass; ``lane``: index into ``lanes``. Seconds in the side's own clock.

    ``kern``: when the kernel began, so ``kern - start`` is the wait for it.
    """

    lanes: list[str]
    row: Integers
    lane: Integers
    start: Floats
    kern: Floats
    end: Floats

    def longest(self, rows: int, until: Floats) -> Floats:
        """By operator, the longest ``until - start`` over its lanes; NaN for one that is not here. ``until`` is ``end`` or ``kern``.

        profile_analyze's rule (``TimeFuncHelper.eval_time_func(side, key, np.max)``).
        """
        longest = np.full(rows, np.nan)
        # fmax takes the number where the other side is NaN.
        np.fmax.at(longest, self.row, until - self.start)
        return longest

    def earliest(self, rows: int) -> Floats:
        """By operator, its earliest start; NaN for one that is not here."""
        earliest = np.full(rows, np.nan)
        np.fmin.at(earliest, self.row, self.start)
        return earliest

    def first_lane(self, rows: int) -> list[str | None]:
        """By operator, the lane that the file names first."""
        first: list[str | None] = [None] * rows
        for row, lane in zip(self.row.tolist()[::-1], self.lane.tolist()[::-1], strict=True):
            first[row] = self.lanes[lane]
        return first


def read_spans(ids: Sequence[str], times: Times) -> Spans:
    """The spans of these operators."""
    lanes: dict[str, int] = {}
    found = [
        (row, lanes.setdefault(label, len(lanes)), span.start, span.kern, span.end)
        for row, key in enumerate(ids)
        if (entry := times.get(key))
        for label, span in entry.items()
    ]
    rows, where, start, kern, end = zip(*found, strict=True) if found else ((),) * 5
    return Spans(
        lanes=[_name(label) for label in lanes],
        row=np.array(rows, dtype=np.int64),
        lane=np.array(where, dtype=np.int64),
        start=np.array(start, dtype=np.float64),
        kern=np.array(kern, dtype=np.float64),
        end=np.array(end, dtype=np.float64),
    )


def _name(label: str) -> str:
    """``cpu0:0`` of ``CompNode("cpu0:0" from "xpux:0")``."""
    parts = label.split('"')
    return parts[1] if len(parts) > 1 else label
