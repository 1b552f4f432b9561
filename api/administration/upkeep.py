"""``/admin/…``: all runs, storage, retention, and the audit log."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from api.access import AdminCaller
from api.administration.resources import (
    ActResource,
    AuditPage,
    AuditQuery,
    Cancelled,
    CancelMany,
    RetentionChange,
    RetentionResource,
    RetentionRun,
    StorageOfUser,
    StorageResource,
)
from api.commands import now, origin
from api.deletion import keeper
from api.deletion.table import SQL as DELETION
from api.errors.documents import documented
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain.decider import RejectedError
from core.domain.task import TASK, Cancel
from core.events.ids import AccountId, CommandId, ModelId, TaskId, new_id
from core.events.subjects import task_key
from core.nats.execute import execute
from core.postgres.queries import Queries
from projections.audit_log import queries as audit
from projections.task_list import queries as task_list
from projections.task_list.fold import ListedTask
from projections.task_state import State

router = router_at("/admin", tag="administration")

_SQL: Final = Queries.beside(__file__)
_OPEN: Final = frozenset(state for state in State if not state.ended)
AT_ONCE: Final = 200


@router.post(
    "/tasks/cancel",
    operation_id="cancel_many",
    dependencies=[Fresh],
    responses=documented("admin_only", "broker_unavailable", "not_fresh_yet"),
)
async def cancel_many(asked: CancelMany, caller: AdminCaller, parts: PartsOf) -> Cancelled:
    """Cancel many tasks of anybody, the oldest first, at most 200 at once."""
    if not (asked.everything or asked.ids or asked.owner or asked.platform or asked.model or asked.state):
        return Cancelled(cancelled=[], remaining=False)
    where = task_list.Filter(
        id=tuple(TaskId(id_) for id_ in asked.ids) or None,
        owner=tuple(AccountId(id_) for id_ in asked.owner) or None,
        platform=tuple(asked.platform) or None,
        model_id=tuple(ModelId(id_) for id_ in asked.model) or None,
        state=tuple(_OPEN & set(asked.state or State)),
    )
    async with parts.pool.acquire() as connection:
        page = await task_list.tasks(connection, where, descending=False, limit=AT_ONCE)
    cancelled = [task.id for task in page.items if await _cancel(parts, caller, task)]
    return Cancelled(cancelled=list(cancelled), remaining=page.next_cursor is not None)


async def _cancel(parts: Parts, caller: AdminCaller, task: ListedTask) -> bool:
    """False when it ended meanwhile."""
    because = origin(caller, CommandId(new_id()), owner=task.owner)
    try:
        await execute(parts.log, TASK, task_key(task.platform, task.id), Cancel(), because, now)
    except RejectedError:
        return False
    return True


@router.get(
    "/storage", operation_id="get_storage", dependencies=[Fresh], responses=documented("admin_only", "not_fresh_yet")
)
async def get_storage(_caller: AdminCaller, parts: PartsOf) -> StorageResource:
    """How many bytes everybody has stored, the most first."""
    used = await parts.pool.fetch(_SQL["storage"])
    names = await _names(parts, [row["owner"] for row in used])
    users = [
        StorageOfUser(
            account=row["owner"],
            name=names.get(row["owner"]),
            models=row["models"],
            inputs=row["inputs"],
            artifacts=row["artifacts"],
            total=row["models"] + row["inputs"] + row["artifacts"],
        )
        for row in used
    ]
    content: int = await parts.pool.fetchval(_SQL["stored_once"])
    return StorageResource(
        users=users,
        stored=content + sum(user.artifacts for user in users),
        waiting=await parts.pool.fetchval(_SQL["waiting_deletions"]),
    )


@router.get("/retention", operation_id="get_retention", responses=documented("admin_only"))
async def get_retention(_caller: AdminCaller, parts: PartsOf) -> RetentionResource:
    """After how many days the files of runs are deleted."""
    row = await parts.pool.fetchrow(DELETION["retention"])
    return RetentionResource(**dict(row or {}))


@router.patch("/retention", operation_id="change_retention", responses=documented("admin_only"))
async def change_retention(change: RetentionChange, caller: AdminCaller, parts: PartsOf) -> RetentionResource:
    """Set after how many days the files of runs are deleted. Totals and histories stay."""
    row = await parts.pool.fetchrow(DELETION["set_retention"], change.files_days, caller.account)
    return RetentionResource(**dict(row or {}))


@router.post(
    "/retention/run",
    operation_id="run_retention",
    responses=documented("admin_only", "broker_unavailable", "storage_unavailable"),
)
async def run_retention(_caller: AdminCaller, parts: PartsOf) -> RetentionRun:
    """Delete now what the server would delete by itself within a minute or so, at most the files of 200 tasks."""
    return RetentionRun(tasks=await keeper.delete_old_files(parts))


@router.get(
    "/retention/due",
    operation_id="preview_retention",
    dependencies=[Fresh],
    responses=documented("admin_only", "not_fresh_yet"),
)
async def preview_retention(
    _caller: AdminCaller,
    parts: PartsOf,
    days: Annotated[
        float | None, Query(gt=0, le=36_500, description="As if files were kept for so many days; without: as is set.")
    ] = None,
) -> RetentionRun:
    """What would be deleted. Nothing is."""
    tasks, size = await keeper.due(parts, days)
    return RetentionRun(tasks=tasks, bytes=size)


@router.get(
    "/audit",
    operation_id="list_acts",
    dependencies=[Fresh],
    responses=documented("admin_only", "invalid_cursor", "not_fresh_yet"),
)
async def list_acts(_caller: AdminCaller, parts: PartsOf, query: Annotated[AuditQuery, Query()]) -> AuditPage:
    """Who did what and when, the newest first, from the event log."""
    where = audit.Filter(
        actor=query.actor,
        thing=query.thing,
        owner=query.owner,
        types=tuple(query.type) or None,
        since=query.since,
        until=query.until,
    )
    page = await audit.acts(parts.pool, where, limit=query.limit, cursor=query.cursor)
    names = await _names(parts, [id_ for act in page.items for id_ in (act.actor, act.owner)])
    items = [
        ActResource(
            id=act.id,
            sequence=act.sequence,
            at=act.at,
            actor=act.actor,
            actor_name=names.get(act.actor),
            owner=act.owner,
            owner_name=names.get(act.owner),
            type=act.type,
            thing=act.thing,
            detail=act.detail,
        )
        for act in page.items
    ]
    return AuditPage(items=items, next_cursor=page.next_cursor)


async def _names(parts: Parts, ids: list[UUID]) -> dict[UUID, str]:
    return {row["id"]: row["name"] for row in await parts.pool.fetch(_SQL["names"], ids)}
