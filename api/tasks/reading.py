"""One task or many, from the read models, or from the log itself where the read models may be behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.errors.problem import RefusedError
from api.identity import Identity
from api.parts import Parts
from api.tasks import failures, labels
from api.tasks.describe import describe
from api.tasks.resources import TaskResource
from api.visibility import Viewer, check_change
from core.domain.told import Told
from core.events.ids import AccountId, TaskId
from core.events.subjects import AggregateKey, task_key
from core.postgres.queries import Queries
from projections.profile_summary.fold import PROFILE_SUMMARY, ProfileSummary
from projections.task_detail import queries as details
from projections.task_detail.fold import TASK_DETAIL, TaskDetail

_SQL: Final = Queries.beside(__file__)
_DETAIL: Final = TypeAdapter(TaskDetail)
_SUMMARY: Final = TypeAdapter(ProfileSummary)


@dataclass(frozen=True)
class OwnedTask:
    key: AggregateKey
    owner: AccountId


async def visible_key(parts: Parts, viewer: Viewer, task: UUID) -> AggregateKey:
    """The key of a task that may be seen, also when the read models do not show it yet. Raises RefusedError."""
    label = (await labels.find(parts.pool, [task])).get(task)
    if label is not None and viewer.identity is not None and viewer.identity.account == label.owner:
        return task_key(label.platform, label.task_id)
    detail = await visible_task(parts, viewer, task)
    return task_key(detail.platform, detail.id)


async def visible_task(parts: Parts, viewer: Viewer, task: UUID) -> TaskDetail:
    """Raises RefusedError with ``task_unknown``; also for tasks of others: what one may not see does not exist."""
    async with parts.pool.acquire() as connection:
        detail = await details.task(connection, TaskId(task))
    if detail is None or not viewer.may_see_task(task, detail):
        raise unknown(task)
    return detail


async def changeable(parts: Parts, caller: Identity, task: UUID) -> OwnedTask:
    """A task that the caller may change. Raises RefusedError with ``task_unknown`` or ``not_yours``."""
    label = (await labels.find(parts.pool, [task])).get(task)
    if label is not None and label.owner == caller.account:
        return OwnedTask(task_key(label.platform, label.task_id), label.owner)
    detail = await visible_task(parts, Viewer(caller), task)
    check_change(caller, detail, f"Task {task}")
    return OwnedTask(task_key(detail.platform, detail.id), detail.owner)


def unknown(task: UUID) -> RefusedError:
    return RefusedError("task_unknown", Told("There is no task {task}.", task=task))


async def resource(parts: Parts, detail: TaskDetail, who: Identity | None) -> TaskResource:
    """A task with the words of its failure."""
    [described] = await resources(parts, [detail], who)
    if described.failure is None or detail.failure is None:
        return described
    words = await failures.words(parts.store, detail)
    told = described.failure.model_copy(update={"message": words.message, "log_tail": words.log_tail})
    return described.model_copy(update={"failure": told})


async def resources(parts: Parts, tasks: Sequence[TaskDetail], who: Identity | None) -> list[TaskResource]:
    async with parts.pool.acquire() as connection:
        rows = await connection.fetch(_SQL["summaries"], [task.id for task in tasks])
        summaries = {row["id"]: _SUMMARY.validate_python(dict(row)) for row in rows}
        return await describe(connection, parts.settings.api_url, tasks, summaries, who)


async def details_of(parts: Parts, ids: Sequence[TaskId]) -> list[TaskDetail]:
    """In the order of the ids."""
    found = {row["id"]: _DETAIL.validate_python(dict(row)) for row in await parts.pool.fetch(_SQL["details"], ids)}
    return [found[id_] for id_ in ids if id_ in found]


async def from_log(parts: Parts, key: AggregateKey, who: Identity) -> TaskResource:
    """The task as the log has it now: what a command answers with, however far the read models are."""
    history = await parts.log.history(key)
    folded = TASK_DETAIL.fold({}, history).get(key.id)
    if folded is None:
        raise unknown(key.id)
    summaries = PROFILE_SUMMARY.fold({}, history)
    async with parts.pool.acquire() as connection:
        [described] = await describe(connection, parts.settings.api_url, [folded], summaries, who)
    return described
