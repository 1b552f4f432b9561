"""The phases of an attempt: how long each took, for its report; that one begins, for whoever looks on; when each was, for its trace."""

import time
from collections.abc import Callable
from time import monotonic

from core.protocol.live import Phase
from core.spans.span import tell
from core.trace import current


class Phases:
    """``seconds``: of those that are over. ``show`` hears of each as it begins."""

    def __init__(self, show: Callable[[Phase], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._show = show
        self._entered: tuple[Phase, float] | None = None
        self._begun: list[tuple[Phase, int]] = []

    def enter(self, phase: Phase) -> None:
        """One of the runner's own begins, and the one before ends."""
        self.leave()
        self._entered = (phase, monotonic())
        self.begin(phase)

    def leave(self) -> None:
        if self._entered is not None:
            phase, since = self._entered
            self.seconds[phase.value] = monotonic() - since
            self._entered = None

    def begin(self, phase: Phase) -> None:
        """One of the engine's, which measures them itself."""
        self._show(phase)
        self._begun.append((phase, time.time_ns()))

    def tell(self) -> None:
        """All of them to the trace; each ended when the next began, and the last one just now."""
        at = current()
        if at is not None:
            ends = [begun for _, begun in self._begun[1:]] + [time.time_ns()]
            for (phase, begun), ended in zip(self._begun, ends, strict=False):
                tell(phase.value, at, begun, ended)
