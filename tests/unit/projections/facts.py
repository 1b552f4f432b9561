"""Facts with plausible values, and events as if they stood in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from core.events import runner, task
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, EventId, ModelId, ProjectId, RunnerId, TaskId
from core.events.subjects import AggregateKey
from core.events.values import Artifact, EngineOffer, Latency, ProfileOptions, Totals, TypeSum

NAMES = UUID("00000000-0000-0000-0000-00000000beef")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
OWNERS = tuple(AccountId(uuid5(NAMES, f"owner {n}")) for n in range(2))
RUNNERS = tuple(RunnerId(uuid5(NAMES, f"runner {n}")) for n in range(3))
MODELS = tuple(ModelId(uuid5(NAMES, f"model {n}")) for n in range(2))
PROJECTS = tuple(ProjectId(uuid5(NAMES, f"project {n}")) for n in range(2))
TASKS = tuple(TaskId(uuid5(NAMES, f"task {n}")) for n in range(8))
DIGEST = "ab" * 32


def recorded(
    sequence: int,
    key: AggregateKey,
    fact: Fact,
    *,
    at: datetime | None = None,
    owner: AccountId = OWNERS[0],
    correlation_id: UUID = NAMES,
) -> Recorded[Any]:
    """An event as if it stood in the log; without a time, one second after its predecessor."""
    return Recorded(
        id=EventId(uuid5(NAMES, f"event {sequence}")),
        key=key,
        sequence=sequence,
        time=at or BEGIN + timedelta(seconds=sequence),
        owner=owner,
        actor=NAMES,
        correlation_id=correlation_id,
        causation_id=None,
        data=fact,
    )


def submitted(**changes: Any) -> task.Submitted:
    known: dict[str, Any] = {
        "kind": task.TaskKind.PROFILE,
        "model_id": MODELS[0],
        "model": DIGEST,
        "inputs": (DIGEST,),
        "request": DIGEST,
        "engine": "1.13.0",
        "options": ProfileOptions(queue_limit_s=100.0),
    }
    return task.Submitted(**known | changes)


def started(attempt: int, runner_id: RunnerId = RUNNERS[0]) -> task.Started:
    return task.Started(
        attempt=attempt,
        runner_id=runner_id,
        engine_build="megengine 1.13.0",
        lease_s=45.0,
        reason=task.ChoiceReason.OLDEST,
        waiting=1,
        beat_age_s=0.25,
    )


def totals(device_s: float) -> Totals:
    return Totals(operators=3, device_s=device_s, computation=1e9, memory=4096.0)


def by_type(device_s: float) -> tuple[TypeSum, ...]:
    return (TypeSum(type="Convolution", count=3, device_s=device_s, computation=1e9, memory=4096.0),)


def completed(attempt: int, device_s: float = 0.1, artifacts: tuple[Artifact, ...] = ()) -> task.Completed:
    p50 = device_s * 1.25
    return task.Completed(
        attempt=attempt,
        analyser=1,
        latency=Latency(count=10, min=p50, p50=p50, p90=p50, p99=p50, max=p50, mean=p50, std=0.0),
        totals=totals(device_s),
        by_type=by_type(device_s),
        phases={"loading": 0.5, "timing": device_s},
        peak_memory=123_456_789,
        artifacts=artifacts,
    )


def inspected(attempt: int, artifacts: tuple[Artifact, ...] = ()) -> task.Inspected:
    return task.Inspected(
        attempt=attempt,
        inputs=1,
        outputs=1,
        operators=3,
        parameters=7,
        parameter_bytes=28,
        computation=1e6,
        activations=5,
        activation_bytes=20,
        phases={"loading": 0.5},
        peak_memory=123_456_789,
        artifacts=artifacts,
    )


def described(version: str, slots: int) -> runner.Described:
    return runner.Described(
        engines=(EngineOffer(version=version, driver="megengine", build=f"build of {version}"),),
        slots=slots,
        cpu="a CPU",
        cores=2,
        memory=8 << 30,
        kernel="6.1",
        software="0.1.0",
        sandbox=runner.SandboxKind.BUBBLEWRAP,
    )
