"""What became of tasks, counted for Prometheus as the events are applied."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Histogram

from core.events import task
from core.events.envelope import Fact, Recorded
from core.events.failure import FailureKind
from core.events.ids import Platform

_ENDS = (task.Completed, task.Inspected, task.Failed, task.Cancelled, task.Expired)
_DEVICES = tuple(one.value for one in Platform if one is not Platform.ANY)
_WAITS_S = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)


class Outcomes:
    """Since the process started; an event is applied once, so it is counted once."""

    def __init__(self, registry: CollectorRegistry) -> None:
        by_platform = ("platform",)
        self._waited = Histogram(
            "mgeprof_task_wait_seconds",
            "Time from being queued to being started.",
            by_platform,
            buckets=_WAITS_S,
            registry=registry,
        )
        self._ended = Counter(
            "mgeprof_tasks_ended", "Tasks that ended, by how.", (*by_platform, "outcome"), registry=registry
        )
        self._failed = Counter(
            "mgeprof_tasks_failed", "Tasks that failed, by kind of failure.", (*by_platform, "kind"), registry=registry
        )
        self._lost = Counter("mgeprof_attempts_lost", "Attempts that were lost.", by_platform, registry=registry)
        self._queued: dict[UUID, datetime] = {}
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Prometheus sees no increase in a series that begins with its first one: nobody would be woken by the first failure of a kind."""
        for platform in _DEVICES:
            self._lost.labels(platform)
            for kind in FailureKind:
                self._failed.labels(platform, kind.value)
            for end in _ENDS:
                self._ended.labels(platform, end.model_fields["type"].default)

    def note(self, events: Iterable[Recorded[Fact]]) -> None:
        for event in events:
            platform, fact = event.key.platform.value, event.data
            match fact:
                case task.Queued():
                    self._queued[event.key.id] = event.time
                case task.Started():
                    since = self._queued.pop(event.key.id, None)
                    if since is not None:  # else it was queued before this process started
                        self._waited.labels(platform).observe(max(0.0, (event.time - since).total_seconds()))
                case task.AttemptLost():
                    self._lost.labels(platform).inc()
                case task.Failed():
                    self._failed.labels(platform, fact.kind.value).inc()
                case _:
                    pass
            if isinstance(fact, _ENDS):
                self._queued.pop(event.key.id, None)
                self._ended.labels(platform, fact.type).inc()
