"""Facts of a task for specifications."""

from uuid import UUID

from core.events import task
from core.events.failure import FailureKind
from core.events.ids import ModelId, RunnerId
from core.events.values import Artifact, Latency, ProfileOptions, Totals

RUNNER = RunnerId(UUID(int=1))
OTHER_RUNNER = RunnerId(UUID(int=2))

SUBMITTED = task.Submitted(
    kind=task.TaskKind.PROFILE,
    model_id=ModelId(UUID(int=9)),
    model="a" * 64,
    inputs=("b" * 64,),
    request="c" * 64,
    engine="1.13.0",
    options=ProfileOptions(queue_limit_s=100),
)


def queued(attempt: int = 1) -> task.Queued:
    reason = task.QueueReason.SUBMITTED if attempt == 1 else task.QueueReason.ATTEMPT_LOST
    return task.Queued(attempt=attempt, reason=reason)


def started(attempt: int = 1, runner: RunnerId = RUNNER) -> task.Started:
    return task.Started(
        attempt=attempt,
        runner_id=runner,
        engine_build="1.13.0+abc",
        lease_s=45.0,
        reason=task.ChoiceReason.ONLY,
        waiting=1,
        beat_age_s=0.0,
    )


def lost(attempt: int = 1, runner: RunnerId = RUNNER) -> task.AttemptLost:
    return task.AttemptLost(attempt=attempt, runner_id=runner, reason=task.LossReason.LEASE_ENDED)


def completed(attempt: int = 1) -> task.Completed:
    return task.Completed(
        attempt=attempt,
        analyser=1,
        latency=Latency(count=1, min=1, p50=1, p90=1, p99=1, max=1, mean=1, std=0),
        totals=Totals(operators=1, device_s=1, computation=1, memory=1),
        by_type=(),
        phases={"timing": 1.0},
        peak_memory=1,
        artifacts=(Artifact(name="profile.json", sha256="d" * 64, size=3),),
    )


def reanalysed(analyser: int, attempt: int = 1) -> task.Reanalysed:
    totals = Totals(operators=1, device_s=2, computation=1, memory=1)
    return task.Reanalysed(attempt=attempt, analyser=analyser, totals=totals, by_type=(), artifacts=())


def inspected(attempt: int = 1) -> task.Inspected:
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
        phases={"loading": 1.0},
        peak_memory=1,
        artifacts=(Artifact(name="inspection.json", sha256="e" * 64, size=3),),
    )


def failed(attempt: int = 1, kind: FailureKind = FailureKind.BAD_MODEL) -> task.Failed:
    return task.Failed(attempt=attempt, kind=kind, exit_code=1)


def running_after_losses(losses: int) -> tuple[task.TaskEvent, ...]:
    """Submitted, queued and started, with so many attempts lost before."""
    facts: list[task.TaskEvent] = [SUBMITTED, queued()]
    for attempt in range(1, losses + 1):
        facts += [started(attempt), lost(attempt), queued(attempt + 1)]
    return (*facts, started(losses + 1))
