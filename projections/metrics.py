"""What the projector tells about itself."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from core.events.envelope import Fact, Recorded
from projections.checkpoint import Checkpoint
from projections.outcomes import Outcomes


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        prefix, registry = "mgeprof_projector", self.registry
        self._sequence = Gauge(f"{prefix}_sequence", "Sequence of the last event applied.", registry=registry)
        self._lag_events = Gauge(
            f"{prefix}_lag_events", "Events in the log that are not applied yet.", registry=registry
        )
        self._lag_s = Gauge(f"{prefix}_lag_seconds", "Age of the newest event when it was applied.", registry=registry)
        self._applied = Counter(f"{prefix}_events", "Events applied since the start.", registry=registry)
        self._alarm = Gauge(
            f"{prefix}_alarm", "1: an event cannot be applied, and people have to look.", registry=registry
        )
        self._outcomes = Outcomes(registry)
        self._last = 0

    def serve(self, host: str, port: int) -> None:
        """Serve them over HTTP on a thread of its own; port 0: not at all."""
        if port:
            start_http_server(port, host, registry=self.registry)

    def resumed(self, at: Checkpoint) -> None:
        """An alarm from before stays until the event that raised it is behind."""
        self._moved_to(at.sequence)
        self._alarm.set(at.fault is not None)

    def applied(self, events: list[Recorded[Fact]]) -> None:
        self._moved_to(events[-1].sequence)
        self._applied.inc(len(events))
        self._outcomes.note(events)
        self._lag_s.set(max(0.0, (datetime.now(UTC) - events[-1].time).total_seconds()))
        self._alarm.set(0)

    def caught_up(self) -> None:
        self._lag_s.set(0)
        self._lag_events.set(0)

    def stopped(self) -> None:
        self._alarm.set(1)

    def log_ends_at(self, sequence: int) -> None:
        self._lag_events.set(max(0, sequence - self._last))

    def _moved_to(self, sequence: int) -> None:
        self._last = sequence
        self._sequence.set(sequence)
