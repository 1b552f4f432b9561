"""What the projector's metrics say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.events import task
from core.events.failure import FailureKind
from core.events.ids import Platform
from core.events.subjects import task_key
from projections.checkpoint import Checkpoint
from projections.metrics import Metrics
from tests.unit.projections.facts import BEGIN, TASKS, recorded, started, submitted


def sample(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value(f"mgeprof_projector_{name}")


def test_an_alarm_stays_until_the_next_event_is_applied() -> None:
    metrics = Metrics()
    metrics.resumed(Checkpoint(6, BEGIN, "event 7 cannot be applied"))
    metrics.log_ends_at(10)
    assert (sample(metrics, "alarm"), sample(metrics, "sequence"), sample(metrics, "lag_events")) == (1, 6, 4)
    metrics.applied([recorded(7, task_key(Platform.X86, TASKS[0]), submitted(), at=BEGIN)])
    assert (sample(metrics, "alarm"), sample(metrics, "sequence"), sample(metrics, "events_total")) == (0, 7, 1)
    assert (sample(metrics, "lag_seconds") or 0) > 0


def test_nothing_waiting_is_no_lag() -> None:
    metrics = Metrics()
    metrics.applied([recorded(1, task_key(Platform.X86, TASKS[0]), submitted(), at=BEGIN)])
    metrics.log_ends_at(5)
    metrics.caught_up()
    assert (sample(metrics, "lag_seconds"), sample(metrics, "lag_events")) == (0, 0)


def test_a_stop_raises_the_alarm() -> None:
    metrics = Metrics()
    metrics.resumed(Checkpoint(0, None, None))
    assert sample(metrics, "alarm") == 0
    metrics.stopped()
    assert sample(metrics, "alarm") == 1


def test_waits_ends_and_failures_are_counted_by_kind() -> None:
    metrics, key = Metrics(), task_key(Platform.X86, TASKS[0])
    later = BEGIN + timedelta(seconds=7)
    queued = task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)
    failed = task.Failed(attempt=1, kind=FailureKind.BAD_INPUT)
    history: list[Any] = [submitted(), queued, started(1), failed]
    metrics.applied([recorded(n, key, fact, at=later if n > 2 else BEGIN) for n, fact in enumerate(history, 1)])
    value = metrics.registry.get_sample_value
    x86 = {"platform": "x86"}
    assert value("mgeprof_task_wait_seconds_sum", x86) == 7
    assert value("mgeprof_tasks_ended_total", {**x86, "outcome": "failed"}) == 1
    assert value("mgeprof_tasks_failed_total", {**x86, "kind": failed.kind.value}) == 1


def test_what_has_not_happened_yet_is_counted_as_nothing() -> None:
    """A counter that appears with its first failure is no increase to Prometheus."""
    value = Metrics().registry.get_sample_value
    for platform in ("x86", "cuda", "arm"):
        assert value("mgeprof_attempts_lost_total", {"platform": platform}) == 0
        for kind in FailureKind:
            assert value("mgeprof_tasks_failed_total", {"platform": platform, "kind": kind.value}) == 0
        for outcome in ("completed", "inspected", "failed", "cancelled", "expired"):
            assert value("mgeprof_tasks_ended_total", {"platform": platform, "outcome": outcome}) == 0
