"""``/tasks/{id}/artifacts/{name}``: the files that a task left."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query
from fastapi.responses import StreamingResponse

from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import PartsOf
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import reading
from core.domain.told import Told
from core.events.ids import TaskId
from core.s3 import keys
from core.s3.body import ObjectBody
from projections.task_detail.fold import KeptArtifact, TaskDetail

router = router_at("/tasks", tag="tasks")

FILE: Final[dict[str, Any]] = {
    "description": "The file's bytes.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_TYPES = {"json": "application/json", "txt": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8"}


@router.get(
    "/{task_id}/artifacts/{name}",
    dependencies=[Fresh],
    response_class=StreamingResponse,
    responses={200: FILE, **documented("task_unknown", "artifact_unknown", "storage_unavailable")},
)
async def get_artifact(
    task_id: UUID,
    name: str,
    viewer: Looking,
    parts: PartsOf,
    attempt: Annotated[
        int | None, Query(ge=1, description="Of this attempt; of the last one that left it, if not given.")
    ] = None,
) -> StreamingResponse:
    """A file that the task's attempts left, streamed as it is stored."""
    kept = find(await reading.visible_task(parts, viewer, task_id), name, attempt)
    body = await parts.store.get(keys.artifact(TaskId(task_id), kept.attempt, kept.name))
    return streamed(body, kept.name, kept.sha256)


def streamed(body: ObjectBody, name: str, sha256: str) -> StreamingResponse:
    """``name``: one of ours, with no quotes in it."""
    headers = {
        "Content-Length": str(body.size),
        "ETag": f'"{sha256}"',
        "Content-Disposition": f'attachment; filename="{name}"',
        # An engine's text is somebody's text: no browser is to guess that it were a page.
        "X-Content-Type-Options": "nosniff",
    }
    media_type = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return StreamingResponse(body.chunks(), headers=headers, media_type=media_type)


def find(task: TaskDetail, name: str, attempt: int | None = None) -> KeptArtifact:
    """Raises RefusedError with ``artifact_unknown``."""
    named = [kept for kept in task.artifacts if kept.name == name and attempt in {None, kept.attempt}]
    if not named:
        names = sorted({kept.name for kept in task.artifacts})
        raise RefusedError(
            "artifact_unknown", Told("Task {task} has no artifact {name!r}.", task=task.id, name=name), allowed=names
        )
    return max(named, key=lambda kept: kept.attempt)
