"""From read models and labels to the task that people see."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from api.errors.chinese_details import said
from api.fleet import names as runner_names
from api.grouping.choose import Names, names
from api.identity import Identity
from api.tasks import labels
from api.tasks.device import AskedDevice
from api.tasks.labels import TaskLabel
from api.tasks.resources import (
    ArtifactResource,
    AttemptResource,
    FailureResource,
    InputData,
    ModelRef,
    SummaryResource,
    TaskResource,
)
from core.events.failure import EXPLANATIONS
from core.postgres.connection import Connection, Pool
from projections.profile_summary.fold import ProfileSummary
from projections.task_detail.fold import Attempt, Failure, TaskDetail


async def describe(
    connection: Connection | Pool,
    base_url: str,
    tasks: Sequence[TaskDetail],
    summaries: Mapping[UUID, ProfileSummary],
    who: Identity | None,
) -> list[TaskResource]:
    """``who``: whoever looks; None for a link's holder."""
    known = await labels.find(connection, [task.id for task in tasks])
    runners = await runner_names.of(
        connection, {attempt.runner_id: task.platform for task in tasks for attempt in task.attempts}
    )
    groups = await names(connection, who, tasks)
    return [_resource(base_url, task, known.get(task.id), summaries.get(task.id), runners, groups) for task in tasks]


def task_url(base_url: str, task: UUID) -> str:
    return f"{base_url}/api/v1/tasks/{task}"


def _resource(
    base_url: str,
    task: TaskDetail,
    label: TaskLabel | None,
    summary: ProfileSummary | None,
    runners: Mapping[UUID, str],
    groups: Names,
) -> TaskResource:
    url = task_url(base_url, task.id)
    last = task.attempts[-1] if task.attempts else None
    return TaskResource(
        id=task.id,
        kind=task.kind,
        name=label.name if label else None,
        state=task.state,
        url=url,
        model=label.model if label else ModelRef(id=task.model_id, name=None, sha256=task.model, size=None),
        inputs=label.inputs if label else {},
        data=label.data if label else InputData(),
        platform=task.platform,
        engine=task.engine,
        options=task.options,
        device=label.device if label else AskedDevice(),
        origin=task.origin,
        sweep=task.sweep,
        project=groups.project_of(task),
        tags=groups.tags_of(task),
        owner=task.owner,
        visibility=task.visibility,
        submitted_at=task.submitted_at,
        queued_at=task.queued_at,
        started_at=last.started_at if last else None,
        ended_at=task.ended_at,
        attempt=len(task.attempts),
        attempts=[_attempt(attempt, runners) for attempt in task.attempts],
        phases=(last.phases or {}) if last else {},
        summary=_summary(summary) if summary else None,
        failure=_failure(task.failure) if task.failure else None,
        artifacts=_artifacts(url, task),
        sequence=max(task.sequence, summary.sequence if summary else 0),
    )


def _attempt(attempt: Attempt, runners: Mapping[UUID, str]) -> AttemptResource:
    return AttemptResource(
        attempt=attempt.attempt,
        runner_id=attempt.runner_id,
        runner_name=runners[attempt.runner_id],
        engine_build=attempt.engine_build,
        started_at=attempt.started_at,
        ended_at=attempt.ended_at,
        outcome=attempt.outcome,
    )


def _summary(summary: ProfileSummary) -> SummaryResource:
    return SummaryResource(
        latency=summary.latency, totals=summary.totals, by_type=summary.by_type, peak_memory=summary.peak_memory
    )


def _failure(failure: Failure) -> FailureResource:
    told = EXPLANATIONS[failure.kind]
    return FailureResource(
        kind=failure.kind, title=said(told.title), message=None, hint=said(told.hint), exit_code=failure.exit_code
    )


def _artifacts(url: str, task: TaskDetail) -> list[ArtifactResource]:
    """The plain address of a name is that of its last attempt; older ones say which."""
    last = {artifact.name: artifact.attempt for artifact in sorted(task.artifacts, key=lambda one: one.attempt)}
    return [
        ArtifactResource(
            name=artifact.name,
            attempt=artifact.attempt,
            sha256=artifact.sha256,
            size=artifact.size,
            url=f"{url}/artifacts/{artifact.name}"
            + ("" if artifact.attempt == last[artifact.name] else f"?attempt={artifact.attempt}"),
        )
        for artifact in task.artifacts
    ]
