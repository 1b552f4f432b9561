"""What a running worker has said so far."""

import time
from collections.abc import Callable

from runner.engine.classify import StopReason
from runner.engine.job import ENGINE_PHASES
from runner.engine.protocol import EngineStarted, Failed, FileLeft, Inspected, Measured, PhaseEntered, parse_line

MOST_FILES = 400
"""A worker leaves at most 50 profiles, and outputs."""


class OutOfTurn(Exception):  # noqa: N818 - named after the fact
    """A line of the protocol came again, or too early. An honest worker writes no such line."""


class Watch:
    """Hears the worker's lines and keeps the time. The first phase begins with the watch; ``stopped`` is set by whoever kills the worker."""

    def __init__(self, on_phase: Callable[[str], None]) -> None:
        self.build: str | None = None
        self.measured: Measured | None = None
        self.inspected: Inspected | None = None
        self.failed: Failed | None = None
        self.files: dict[str, tuple[int, int]] = {}
        """Where each file that was left begins in the output, and how long it is."""
        self.stopped: StopReason | None = None
        self._on_phase = on_phase
        self._entered: list[float] = []
        self._enter(time.monotonic())

    @property
    def phase(self) -> str:
        """The phase that the worker is in."""
        return ENGINE_PHASES[len(self._entered) - 1]

    def phases(self) -> dict[str, float]:
        """Seconds in each phase so far; the last one lasts until now."""
        ends = [*self._entered[1:], time.monotonic()]
        return {phase: end - at for phase, at, end in zip(ENGINE_PHASES, self._entered, ends, strict=False)}

    def hear(self, line: bytes) -> None:
        """Take one line. Raises ``pydantic.ValidationError`` or OutOfTurn.

        Each line may come once and phases in their order: so whatever a worker writes, little of it is held.
        """
        match parse_line(line):
            case EngineStarted(build=build) if self.build is None:
                self.build = build
            case PhaseEntered(phase=phase, at=at) if phase in ENGINE_PHASES[len(self._entered) :][:1]:
                # The worker knows better than a busy runner when it was, but it cannot have been in the future or before the last.
                self._enter(min(max(at, self._entered[-1]), time.monotonic()))
            case FileLeft(name=name, size=size) if name not in self.files and len(self.files) < MOST_FILES:
                begin = sum(length for _, length in self.files.values())
                self.files[name] = (begin, size)
            case Measured() as measured if self.measured is None:
                self.measured = measured
            case Inspected() as inspected if self.inspected is None:
                self.inspected = inspected
            case Failed() as failed if self.failed is None:
                self.failed = failed
            case other:
                raise OutOfTurn(other.type)

    def _enter(self, at: float) -> None:
        self._entered.append(at)
        self._on_phase(self.phase)
