"""``/tasks/{id}/environment``: what a task's last attempt ran on and with."""

from uuid import UUID

from api.errors.documents import documented
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import reading
from api.tasks.artifacts import find
from core.protocol.environment import ENVIRONMENT, EnvironmentDocument
from core.s3 import keys
from projections.task_detail.fold import TaskDetail

router = router_at("/tasks", tag="tasks")


@router.get(
    "/{task_id}/environment",
    dependencies=[Fresh],
    responses=documented("task_unknown", "artifact_unknown", "storage_unavailable"),
)
async def get_environment(task_id: UUID, viewer: Looking, parts: PartsOf) -> EnvironmentDocument:
    """Device, engine, digests and options of the last attempt, and the same run by hand."""
    return await environment_of(parts, await reading.visible_task(parts, viewer, task_id))


async def environment_of(parts: Parts, task: TaskDetail) -> EnvironmentDocument:
    """Raises RefusedError with ``artifact_unknown``, StorageUnavailableError."""
    kept = find(task, ENVIRONMENT)
    return EnvironmentDocument.model_validate_json(
        await parts.store.read_bytes(keys.artifact(task.id, kept.attempt, kept.name))
    )
