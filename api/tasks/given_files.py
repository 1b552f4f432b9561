"""``/tasks/{id}/given/{name}``: what a task was given, byte by byte: its request, its model and its inputs."""

from uuid import UUID

from fastapi.responses import StreamingResponse

from api.access import Caller
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.identity import Identity
from api.inputs import table as inputs
from api.models import table as models
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.tasks import labels, reading
from api.tasks.artifacts import FILE, streamed
from api.visibility import Viewer
from core.domain.told import Told
from core.events.ids import Sha256
from core.s3 import keys
from core.s3.errors import ObjectMissingError
from projections.task_detail.fold import TaskDetail

router = router_at("/tasks", tag="tasks")


@router.get(
    "/{task_id}/given/{name}",
    dependencies=[Fresh],
    response_class=StreamingResponse,
    responses={
        200: FILE,
        **documented("task_unknown", "model_unknown", "artifact_unknown", "storage_unavailable", "not_fresh_yet"),
    },
)
async def get_given_file(task_id: UUID, name: str, caller: Caller, parts: PartsOf) -> StreamingResponse:
    """What the task was given: `request` (what was asked for, as JSON), `model`, `input-1`, `input-2` …, in the order of its `submitted` event, which holds their digests.

    For everybody with an account who may see the task and, by themselves, the model and the inputs; links do not open it.
    """
    task = await reading.visible_task(parts, Viewer(caller), task_id)
    known = given(task)
    if name not in known:
        told = Told("Task {task} was given no {name!r}.", task=task_id, name=name)
        raise RefusedError("artifact_unknown", told, allowed=sorted(known))
    key, sha256 = known[name]
    await _check_seen(parts, caller, task, name, sha256)
    try:
        body = await parts.store.get(key)
    except ObjectMissingError as error:
        told = Told("{name!r} of task {task} was deleted.", task=task_id, name=name)
        raise RefusedError("artifact_unknown", told) from error
    return streamed(body, name, sha256)


async def _check_seen(parts: Parts, caller: Identity, task: TaskDetail, name: str, sha256: Sha256) -> None:
    """To show a run is not to show what it was made of. Raises RefusedError with ``model_unknown`` or ``artifact_unknown``."""
    if name == "model":
        await models.visible(parts.pool, task.model_id, caller)
    elif name != "request":
        label = (await labels.find(parts.pool, [task.id])).get(task.id)
        refs = (*label.inputs.values(), *label.data.archives) if label else ()
        if not await inputs.visible(parts.pool, [ref.id for ref in refs if ref.sha256 == sha256], caller):
            raise RefusedError("artifact_unknown", Told("Task {task} was given no {name!r}.", task=task.id, name=name))


def given(task: TaskDetail) -> dict[str, tuple[str, Sha256]]:
    """By name: where it stands, and its digest."""
    known = {"request": (keys.request(task.id), task.request), "model": (keys.model(task.model), task.model)}
    return known | {f"input-{number}": (keys.input_(one), one) for number, one in enumerate(task.inputs, 1)}
