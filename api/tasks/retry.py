"""``/tasks/{id}/retry``: the same again, or with changes, as a new task that names its origin."""

import hashlib
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response, status
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.access import Caller
from api.commands import SEQUENCE_HEADER, IdempotencyKey, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.grouping import projects, tags
from api.grouping.resources import Tags
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.tasks import labels, reading
from api.tasks.device import AskedDevice
from api.tasks.labels import TaskLabel
from api.tasks.resources import Device, Label, NewTask, TaskResource
from api.tasks.submit import submit
from api.visibility import Viewer
from core.events.ids import EngineVersion, TaskId
from core.events.task import TaskKind
from projections.task_detail.fold import TaskDetail

router = router_at("/tasks", tag="tasks")


class Changes(BaseModel):
    """What is to be different; nothing given: the same again. ``options``: only those that change."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"engine": "1.13.0", "options": {"iterations": 100}}]}
    )

    name: Label | None = None
    platform: Device | None = None
    engine: EngineVersion | None = None
    options: Annotated[dict[str, Any], Field(max_length=64)] = {}
    device: AskedDevice | None = None
    project: UUID | None = None
    """Not given: of a task of yours the project that it is in, unless that is archived."""
    tags: Tags | None = None
    """Not given: of a task of yours those that it has."""
    despite_losses: bool = False
    """As of a new task."""


@router.post(
    "/{task_id}/retry",
    dependencies=[Fresh],
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The new task; its `origin` is the old one."},
        **documented(
            *("task_unknown", "no_profile", "model_unknown", "input_unknown", "bad_input", "invalid_request"),
            *("platform_unknown", "engine_unknown", "runner_unknown", "grant_missing", "device_unknown"),
            *("project_unknown", "project_archived"),
            *(
                "model_kills_runners",
                "option_unsupported",
                "quota_tasks",
                "idempotency_key_reused",
                "broker_unavailable",
            ),
            *("storage_unavailable", "not_fresh_yet"),
        ),
    },
)
async def retry_task(
    task_id: UUID,
    caller: Caller,
    parts: PartsOf,
    response: Response,
    changes: Changes | None = None,
    key: IdempotencyKey = None,
) -> TaskResource:
    """Run a task again, however it ended, with what you may see of its model and inputs; changed as you say."""
    detail = await reading.visible_task(parts, Viewer(caller), task_id)
    changes = await _with_groups(parts, caller, detail, changes or Changes())
    new = _changed(await _label(parts, detail), detail, changes)
    # The same key beside a plain submission, or another task, is another command.
    own_key = None if key is None else hashlib.sha256(f"{task_id}\n{key}".encode()).hexdigest()
    task, sequence = await submit(parts, caller, new, own_key, TaskId(task_id))
    described = await reading.from_log(parts, task, caller)
    response.headers["Location"] = described.url
    tell_sequence(response, sequence)
    return described


async def _label(parts: Parts, detail: TaskDetail) -> TaskLabel:
    label = (await labels.find(parts.pool, [detail.id])).get(detail.id)
    if label is None:
        raise reading.unknown(detail.id)
    if detail.kind is not TaskKind.PROFILE:
        raise RefusedError("no_profile", "This is an inspection: POST /api/v1/models/{id}/inspect asks for another.")
    return label


async def _with_groups(parts: Parts, caller: Identity, detail: TaskDetail, changes: Changes) -> Changes:
    """With the groups of the task that is repeated, where that is the caller's own and nothing else was said."""
    if detail.owner != caller.account:
        return changes
    given, kept = changes.model_fields_set, dict[str, Any]()
    if "project" not in given and detail.project is not None:
        with suppress(RefusedError):  # archived or gone by now
            kept["project"] = await projects.taking_in(parts, caller, detail.project)
    if changes.tags is None:
        kept["tags"] = sorted((await tags.words(parts.pool, detail.tags)).values())
    return changes.model_copy(update=kept)


def _changed(label: TaskLabel, detail: TaskDetail, changes: Changes) -> NewTask:
    """Raises RequestValidationError for options that are none."""
    data = label.data
    asked = {
        "name": changes.name or label.name,
        "model": label.model.id,
        "inputs": {name: ref.id for name, ref in label.inputs.items()},
        "readings": data.readings,
        "archives": [ref.id for ref in data.archives],
        "random": data.random,
        "output_names": data.output_names,
        "platform": changes.platform or detail.platform.value,
        "engine": changes.engine or detail.engine,
        "options": {**detail.options.model_dump(), **changes.options},
        "device": changes.device or label.device,
        "project": changes.project,
        "tags": changes.tags or [],
        "despite_losses": changes.despite_losses,
    }
    try:
        return NewTask.model_validate(asked)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from error
