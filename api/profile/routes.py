"""``/tasks/{id}/profile`` and what belongs to it."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Query, Response
from pydantic import BaseModel

from api.errors.chinese_details import said
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import PartsOf
from api.profile.other_runs import faster_runs
from api.profile.query import ProfileQuery
from api.profile.reading import REFUSALS, profile_of
from api.profile.resources import (
    MemoryResource,
    ProfileResource,
    TimelineResource,
    memory_resource,
    profile_resource,
    timeline_resource,
)
from api.routing import router_at
from api.sharing.looking import Looking
from core.domain.told import Told
from core.profile.advice.finding import Finding
from core.profile.refusal import QueryRefused

router = router_at("/tasks", tag="profile")


@router.get(
    "/{task_id}/profile",
    dependencies=[Fresh],
    response_model=ProfileResource,
    responses=documented(*REFUSALS, "query_refused"),
)
async def get_profile(
    task_id: UUID, viewer: Looking, parts: PartsOf, query: Annotated[ProfileQuery, Query()]
) -> Response:
    """The operators of a completed task with their times, sums over them, and what they advise."""
    task, document = await profile_of(parts, viewer, task_id)
    try:
        found = await asyncio.to_thread(profile_resource, task_id, document, query)
        if viewer.identity is not None and viewer.identity.account == task.owner:
            # Other runs are named to their owner only.
            more = await faster_runs(parts.pool, task, document.totals.end_to_end_s)
            found = replace(found, advice=(*found.advice, *more))
        return as_json(replace(found, advice=tuple(in_words(one) for one in found.advice)))
    except QueryRefused as error:
        raise RefusedError("query_refused", error.args[0]) from error


@router.get(
    "/{task_id}/profile/timeline",
    dependencies=[Fresh],
    response_model=TimelineResource,
    responses=documented(*REFUSALS),
)
async def get_timeline(task_id: UUID, viewer: Looking, parts: PartsOf) -> Response:
    """When each operator ran, by computing node and by host thread, in one profiled pass."""
    _, document = await profile_of(parts, viewer, task_id)
    found = await asyncio.to_thread(timeline_resource, task_id, document)
    if found is None:
        raise RefusedError("profile_outdated", Told("The profile of task {task_id} has no timeline.", task_id=task_id))
    return as_json(found)


@router.get(
    "/{task_id}/profile/memory",
    dependencies=[Fresh],
    response_model=MemoryResource,
    responses=documented(*REFUSALS),
)
async def get_memory(task_id: UUID, viewer: Looking, parts: PartsOf) -> Response:
    """Memory over the course of the run, and what is alive at its peak."""
    _, document = await profile_of(parts, viewer, task_id)
    found = memory_resource(task_id, document)
    if found is None:
        raise RefusedError("profile_outdated", Told("The profile of task {task_id} has no memory.", task_id=task_id))
    return as_json(found)


def in_words(finding: Finding) -> Finding:
    """In the language of the request that is being answered."""
    return replace(finding, title=said(finding.title), advice=said(finding.advice))


def as_json(resource: object) -> Response:
    """Written at once: checking 11,000 operators against their own types would take ten times as long as writing them."""
    return Response(orjson.dumps(resource, default=_model), media_type="application/json")


def _model(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, UUID):
        # asyncpg's own subclass, which orjson does not know.
        return str(value)
    raise TypeError(type(value).__name__)
