"""``/tasks/{id}/profile``."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import Caller
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import PartsOf
from api.tasks import artifacts, reading
from core.profile.document import Operator, Timing, Totals, TypeSum
from core.profile.query import OperatorQuery, SortKey, select
from core.s3 import keys
from projections.task_detail.fold import TaskDetail
from projections.task_state import State

router = APIRouter(prefix="/tasks", tags=["profile"])

ARTIFACT = "profile.json"
_SORTS = [f"{sign}{key}" for key in SortKey for sign in ("-", "")]


class ProfileQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    top: Annotated[int | None, Field(ge=0, description="At most so many operators, after sorting.")] = None
    sort: Annotated[
        str,
        Field(
            pattern=f"^-?({'|'.join(SortKey)})$",
            description="What to sort by, with `-` before it from the largest down.",
            json_schema_extra={"enum": list[object](_SORTS)},
        ),
    ] = "-device_s"
    type: Annotated[list[str], Field(description="Operator types, any of them.")] = []
    name: Annotated[str | None, Field(max_length=500, description="A part of the name, or a pattern with `*`.")] = None


class ProfileResource(BaseModel):
    """Times in seconds, memory in bytes. ``matching``: operators that pass the filters, before ``top``."""

    task_id: UUID
    analyser: int
    engine_build: str
    timing: Timing
    totals: Totals
    by_type: tuple[TypeSum, ...]
    matching: int
    operators: tuple[Operator, ...]


@router.get(
    "/{task_id}/profile",
    dependencies=[Fresh],
    responses=documented(
        "task_unknown", "profile_not_ready", "no_profile", "invalid_request", "storage_unavailable", "not_fresh_yet"
    ),
)
async def get_profile(
    task_id: UUID, caller: Caller, parts: PartsOf, query: Annotated[ProfileQuery, Query()]
) -> ProfileResource:
    """The operators of a completed task with their times, and sums over all of them."""
    task = await reading.visible_task(parts, caller, task_id)
    _check_completed(task)
    kept = artifacts.find(task, ARTIFACT)
    document = await parts.documents.get(keys.artifact(task.id, kept.attempt, kept.name), kept.sha256)
    matching = select(document, OperatorQuery(sort=query.sort, types=tuple(query.type), name=query.name))
    return ProfileResource(
        task_id=task.id,
        analyser=document.analyser,
        engine_build=document.engine_build,
        timing=document.timing,
        totals=document.totals,
        by_type=document.by_type,
        matching=len(matching),
        operators=matching[: query.top],
    )


def _check_completed(task: TaskDetail) -> None:
    if task.state is State.COMPLETED:
        return
    if task.state.ended:
        raise RefusedError("no_profile", f"The task has {task.state}; it left no profile.")
    raise RefusedError("profile_not_ready", f"The task is {task.state}; its profile comes when it has completed.")
