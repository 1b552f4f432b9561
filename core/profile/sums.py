"""Sums over operators, by the rules of ``megengine.tools.profile_analyze``: what was not recorded adds nothing, and order is the caller's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np


class HasDeviceTime(Protocol):
    @property
    def device_s(self) -> float | None: ...


class HasHostTime(Protocol):
    @property
    def host_s(self) -> float | None: ...


class Summable(HasDeviceTime, Protocol):
    """What of an operator is summed."""

    @property
    def type(self) -> str: ...
    @property
    def computation(self) -> int | None: ...
    @property
    def memory(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Sum:
    """Sums over ``count`` operators with device time."""

    count: int
    device_s: float
    computation: int
    memory: int

    @property
    def flops(self) -> float | None:
        """Operations per second; None where no operator has a computation, or no time was seen."""
        return rate(self.computation or None, self.device_s)

    @property
    def bandwidth(self) -> float | None:
        """Bytes per second; None where no time was seen."""
        return rate(self.memory, self.device_s)


def rate(amount: int | None, seconds: float | None) -> float | None:
    """``amount / seconds``, None where either is unknown or the time is below the profiler's resolution."""
    return amount / seconds if amount is not None and seconds else None


def total_device_s(operators: Iterable[HasDeviceTime]) -> float:
    """Seconds on devices, added with numpy's pairwise sum as the reference adds: equal to the last bit for equal order."""
    return float(np.sum([one.device_s for one in operators if one.device_s is not None], dtype=np.float64))


def total_host_s(operators: Iterable[HasHostTime]) -> float:
    """Seconds of the host's threads, added in the same way."""
    return float(np.sum([one.host_s for one in operators if one.host_s is not None], dtype=np.float64))


def sum_operators(operators: Iterable[Summable]) -> Sum:
    """Operators without device time are left out, as the reference leaves them out."""
    timed = [operator for operator in operators if operator.device_s is not None]
    return Sum(
        count=len(timed),
        device_s=total_device_s(timed),
        computation=sum(operator.computation or 0 for operator in timed),
        memory=sum(operator.memory or 0 for operator in timed),
    )


def sum_by_type(operators: Iterable[Summable]) -> dict[str, Sum]:
    """One sum for each type that has device time."""
    groups: dict[str, list[Summable]] = {}
    for operator in operators:
        if operator.device_s is not None:
            groups.setdefault(operator.type, []).append(operator)
    return {name: sum_operators(group) for name, group in groups.items()}
