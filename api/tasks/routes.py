"""``/tasks``."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, status

from api.access import Caller
from api.accounts.pace import PacedSubmit
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, origin, tell_sequence
from api.errors.documents import documented
from api.freshness import Fresh
from api.grouping import choose, tags
from api.grouping.projects import refs
from api.parts import PartsOf
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import labels, reading
from api.tasks.brief import brief
from api.tasks.query import TaskQuery
from api.tasks.resources import NewTask, TaskChange, TaskPage, TaskResource
from api.tasks.submit import submit
from api.visibility import reach
from core.domain.ownership import ChangeVisibility
from core.domain.task import TASK, Cancel, Command
from core.events.ids import CommandId, new_id
from core.nats.execute import execute
from projections.task_list import queries as task_list

router = router_at("/tasks", tag="tasks")


@router.post(
    "",
    dependencies=[PacedSubmit],
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The task; it stands in the log and will end."},
        **documented(
            "invalid_request",
            "model_unknown",
            "model_kills_runners",
            "input_unknown",
            "bad_input",
            "dataset_unknown",
            "project_unknown",
            "project_archived",
            "platform_unknown",
            "engine_unknown",
            "runner_unknown",
            "grant_missing",
            "quota_tasks",
            "device_unknown",
            "option_unsupported",
            "idempotency_key_reused",
            "rate_limited",
            "broker_unavailable",
            "storage_unavailable",
        ),
    },
)
async def submit_task(
    new: NewTask, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> TaskResource:
    """Have a model measured. After an answer of 503, ask again with the same ``Idempotency-Key``: there will be one task."""
    task, sequence = await submit(parts, caller, new, key)
    described = await reading.from_log(parts, task, caller)
    response.headers["Location"] = described.url
    tell_sequence(response, sequence)
    return described


@router.get("", dependencies=[Fresh], responses=documented("invalid_request", "invalid_cursor", "not_fresh_yet"))
async def list_tasks(caller: Caller, parts: PartsOf, query: Annotated[TaskQuery, Query()]) -> TaskPage:
    """Your tasks, or with `whose=anyone` all that you may see. A filter given several times takes any of its values."""
    eye = reach(caller, query.whose)
    found = await labels.search(parts.pool, eye, query.q) if query.q else None
    projects = await refs(parts.pool, caller, query.project) if query.project else None
    where = query.filter(eye, found, projects, await tags.groups(parts.pool, eye, query.tag))
    async with parts.pool.acquire() as connection:
        page = await task_list.tasks(
            connection,
            where,
            sort=query.sort_by,
            descending=query.sort.startswith("-"),
            limit=query.limit,
            cursor=query.cursor,
        )
    tasks = await reading.details_of(parts, [task.id for task in page.items])
    items = await reading.resources(parts, tasks, caller)
    return TaskPage(items=[brief(one) for one in items] if query.brief else items, next_cursor=page.next_cursor)


@router.get("/{task_id}", dependencies=[Fresh], responses=documented("task_unknown", "not_fresh_yet"))
async def get_task(task_id: UUID, viewer: Looking, parts: PartsOf) -> TaskResource:
    return await reading.resource(parts, await reading.visible_task(parts, viewer, task_id), viewer.identity)


@router.post(
    "/{task_id}/cancel",
    status_code=status.HTTP_202_ACCEPTED,
    responses={
        202: {"headers": SEQUENCE_HEADER, "description": "The task: cancelled, or cancelling while it still runs."},
        **documented("task_unknown", "not_yours", "task_ended", "broker_unavailable"),
    },
)
async def cancel_task(
    task_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> TaskResource:
    """Give a task up. One that waits is cancelled at once, one that runs is stopped. Asking twice is asking once."""
    task = await reading.changeable(parts, caller, task_id)
    command = command_id(caller, f"POST /tasks/{task_id}/cancel", key)
    outcome = await execute(parts.log, TASK, task.key, Cancel(), origin(caller, command, owner=task.owner), now)
    tell_sequence(response, outcome.known.sequence)
    return await reading.from_log(parts, task.key, caller)


@router.patch(
    "/{task_id}",
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "The task as it is now."},
        **documented(
            *("task_unknown", "not_yours", "project_unknown", "project_archived", "too_many_tags"),
            "broker_unavailable",
        ),
    },
)
async def change_task(
    task_id: UUID, change: TaskChange, caller: Caller, parts: PartsOf, response: Response
) -> TaskResource:
    """Change what can be changed of a task at any time; what is not given stays as it is."""
    task = await reading.changeable(parts, caller, task_id)
    commands: list[Command] = list(await choose.commands(parts, caller, task.owner, change))
    if change.visibility is not None:
        commands.append(ChangeVisibility(change.visibility))
    sequence = 0
    for command in commands:
        because = origin(caller, CommandId(new_id()), owner=task.owner)
        sequence = (await execute(parts.log, TASK, task.key, command, because, now)).known.sequence
    tell_sequence(response, sequence)
    return await reading.from_log(parts, task.key, caller)
