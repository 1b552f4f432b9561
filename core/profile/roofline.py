"""How near operators come to what the device can do (Williams, Waterman, Patterson: Roofline, 2009)."""

from dataclasses import dataclass
from typing import Literal

from core.profile.document import Peaks


@dataclass(frozen=True, slots=True)
class Roofline:
    """Shares are 0 to 1, above 1 where the engine's count of operations or bytes is not what the hardware did; None where a figure is unknown.

    ``intensity``: operations for each byte. ``bound``: what limits an operator of this intensity, memory below ``peaks.flops / peaks.bandwidth`` and computation above.
    ``of_attainable``: flops over ``min(peaks.flops, intensity * peaks.bandwidth)``; for a data mover its bandwidth over the peak.
    """

    of_peak_flops: float | None
    of_peak_bandwidth: float | None
    intensity: float | None
    bound: Literal["memory", "computation"] | None
    of_attainable: float | None


def roofline(
    computation: float | None, memory: float | None, seconds: float | None, peaks: Peaks | None
) -> Roofline | None:
    """Of one operator or a group. None without peaks, or without time."""
    if peaks is None or not seconds or peaks.flops <= 0 or peaks.bandwidth <= 0:
        return None
    of_bandwidth = None if memory is None else memory / seconds / peaks.bandwidth
    if not computation:
        return Roofline(None, of_bandwidth, None, None if memory is None else "memory", of_bandwidth)
    of_flops = computation / seconds / peaks.flops
    if not memory:
        return Roofline(of_flops, of_bandwidth, None, "computation", of_flops)
    intensity = computation / memory
    attainable = min(peaks.flops, intensity * peaks.bandwidth)
    bound: Literal["memory", "computation"] = "memory" if attainable < peaks.flops else "computation"
    return Roofline(of_flops, of_bandwidth, intensity, bound, computation / seconds / attainable)
