"""``/compare``."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import PartsOf
from api.profile.reading import REFUSALS, profile_of
from api.profile.routes import as_json
from api.routing import router_at
from api.sharing.looking import LookingAround
from core.domain.told import Told
from core.profile.compare import ComparedOperator, ComparedRun, Comparison, compare
from projections.task_detail.fold import TaskDetail

router = router_at(tag="profile")

MOST_RUNS = 100
"""As many as a sweep has."""
MOST_OPERATORS = 400_000
"""Of all runs together: what is compared is held in memory."""


class CompareQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    task: Annotated[
        list[UUID],
        Field(
            min_length=2, max_length=MOST_RUNS, description="Completed tasks; the others are held against the first."
        ),
    ]
    top: Annotated[int | None, Field(ge=0, description="At most so many operators, after sorting.")] = None
    sort: Annotated[
        Literal["delta", "order"],
        Field(description="`delta`: the largest change in any run first; `order`: as the first run executes them."),
    ] = "delta"


@dataclass(frozen=True, slots=True)
class RunResource:
    task_id: UUID
    platform: str
    engine: str
    compared: ComparedRun


@dataclass(frozen=True, slots=True)
class ComparisonResource:
    """Times in seconds. ``runs`` as asked for; in each operator ``runs`` is parallel to it. ``matching``: operators of the first run."""

    runs: list[RunResource]
    matching: int
    operators: list[ComparedOperator]


@router.get(
    "/compare",
    dependencies=[Fresh],
    response_model=ComparisonResource,
    responses=documented(*REFUSALS, "query_refused"),
)
async def get_comparison(viewer: LookingAround, parts: PartsOf, query: Annotated[CompareQuery, Query()]) -> Response:
    """Any number of completed tasks side by side, operator by operator, with what is significant over their passes."""
    found, operators = [], 0
    for task in query.task:
        found.append(await profile_of(parts, viewer, task))
        operators += len(found[-1][1].operators)
        if operators > MOST_OPERATORS:
            told = Told(
                "These runs have more than {most} operators together: compare fewer at once.", most=MOST_OPERATORS
            )
            raise RefusedError("query_refused", told)
    comparison = await asyncio.to_thread(compare, [document for _, document in found])
    return as_json(_resource([task for task, _ in found], comparison, query))


def _resource(tasks: list[TaskDetail], comparison: Comparison, query: CompareQuery) -> ComparisonResource:
    operators = list(comparison.operators)
    if query.sort == "delta":
        operators.sort(key=_largest_change, reverse=True)
    runs = zip(tasks, comparison.runs, strict=True)
    return ComparisonResource(
        runs=[RunResource(task.id, task.platform, task.engine, compared) for task, compared in runs],
        matching=len(operators),
        operators=operators[: query.top],
    )


def _largest_change(operator: ComparedOperator) -> float:
    return max((abs(cell.delta_s or 0.0) for cell in operator.runs if cell is not None), default=0.0)
