"""The analysed profile of a task, for every operation that shows one."""

from uuid import UUID

from api.errors.problem import RefusedError
from api.parts import Parts
from api.profile.documents import newest
from api.tasks import artifacts, reading
from api.visibility import Viewer
from core.domain.told import Told
from core.profile.document import DocumentUnreadable, ProfileDocument
from projections.task_detail.fold import TaskDetail
from projections.task_state import State

REFUSALS = (
    "task_unknown",
    "profile_not_ready",
    "no_profile",
    "profile_outdated",
    "storage_unavailable",
    "not_fresh_yet",
)


async def profile_of(parts: Parts, viewer: Viewer, task_id: UUID) -> tuple[TaskDetail, ProfileDocument]:
    """Raises RefusedError, StorageUnavailableError."""
    task = await completed(parts, viewer, task_id)
    stored = newest(task) or artifacts.find(task, "profile.json")
    try:
        document = await parts.documents.get(task, stored)
    except DocumentUnreadable as error:
        raise RefusedError("profile_outdated", Told("Task {task}: {error}", task=task.id, error=error)) from error
    return task, document


async def completed(parts: Parts, viewer: Viewer, task_id: UUID) -> TaskDetail:
    """Raises RefusedError for a task without results."""
    task = await reading.visible_task(parts, viewer, task_id)
    check_completed(task)
    return task


def check_completed(task: TaskDetail) -> None:
    """Raises RefusedError for a task without results."""
    if task.state is State.COMPLETED:
        return
    if task.state.ended:
        raise RefusedError(
            "no_profile", Told("Task {task} has {state}; it left no profile.", task=task.id, state=task.state)
        )
    raise RefusedError(
        "profile_not_ready",
        Told("Task {task} is {state}; its profile comes when it has completed.", task=task.id, state=task.state),
    )
