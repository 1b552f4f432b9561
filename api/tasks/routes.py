"""``/tasks``."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from api.access import Caller
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, origin, tell_sequence
from api.errors.documents import documented
from api.freshness import Fresh
from api.parts import PartsOf
from api.tasks import labels, reading
from api.tasks.query import TaskQuery
from api.tasks.resources import NewTask, TaskPage, TaskResource
from api.tasks.submit import submit
from core.domain.task import TASK, Cancel
from core.nats.execute import execute
from projections.task_list import queries as task_list

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The task; it stands in the log and will end."},
        **documented(
            "invalid_request",
            "model_unknown",
            "input_unknown",
            "bad_input",
            "dataset_unknown",
            "platform_unknown",
            "engine_unknown",
            "option_unsupported",
            "idempotency_key_reused",
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
    described = await reading.from_log(parts, task)
    response.headers["Location"] = described.url
    tell_sequence(response, sequence)
    return described


@router.get("", dependencies=[Fresh], responses=documented("invalid_request", "invalid_cursor", "not_fresh_yet"))
async def list_tasks(caller: Caller, parts: PartsOf, query: Annotated[TaskQuery, Query()]) -> TaskPage:
    """Your tasks. A filter given several times takes any of its values."""
    found = await labels.search(parts.pool, caller.account, query.q) if query.q else None
    async with parts.pool.acquire() as connection:
        page = await task_list.tasks(
            connection,
            query.filter(caller.account, found),
            sort=query.sort_by,
            descending=query.sort.startswith("-"),
            limit=query.limit,
            cursor=query.cursor,
        )
    tasks = await reading.details_of(parts, [task.id for task in page.items])
    return TaskPage(items=await reading.resources(parts, tasks), next_cursor=page.next_cursor)


@router.get("/{task_id}", dependencies=[Fresh], responses=documented("task_unknown", "not_fresh_yet"))
async def get_task(task_id: UUID, caller: Caller, parts: PartsOf) -> TaskResource:
    return await reading.resource(parts, await reading.visible_task(parts, caller, task_id))


@router.post(
    "/{task_id}/cancel",
    status_code=status.HTTP_202_ACCEPTED,
    responses={
        202: {"headers": SEQUENCE_HEADER, "description": "The task: cancelled, or cancelling while it still runs."},
        **documented("task_unknown", "task_ended", "broker_unavailable"),
    },
)
async def cancel_task(
    task_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> TaskResource:
    """Give a task up. One that waits is cancelled at once, one that runs is stopped. Asking twice is asking once."""
    task = await reading.visible_key(parts, caller, task_id)
    command = command_id(caller, f"POST /tasks/{task_id}/cancel", key)
    outcome = await execute(parts.log, TASK, task, Cancel(), origin(caller, command), now)
    tell_sequence(response, outcome.known.sequence)
    return await reading.from_log(parts, task)
