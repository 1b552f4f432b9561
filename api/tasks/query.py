"""What a list of tasks can be asked for."""

from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.grouping.resources import Tags
from api.visibility import Reach, Whose
from core.events.ids import ModelId, Platform, ProjectId, SweepId, TaskId
from core.events.task import TaskKind
from projections.clauses import AnyOfEach
from projections.paging import MAX_LIMIT
from projections.task_list.queries import Filter, Sort
from projections.task_state import State

T = TypeVar("T")

_SORTS = [f"{sign}{sort}" for sort in Sort for sign in ("-", "")]


class TaskQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: list[State] = []
    platform: list[Platform] = []
    engine: list[str] = []
    model: list[UUID] = []
    sweep: list[UUID] = []
    project: list[UUID] = []
    tag: Annotated[Tags, Field(description="Those that have all of these.")] = []
    kind: Annotated[
        list[TaskKind], Field(description="Runs, if not given: inspections are listed for those who ask for them.")
    ] = []
    whose: Annotated[
        Whose, Field(description="`mine`: your own; `anyone`: all that you may see, an administrator everything.")
    ] = Whose.MINE
    q: Annotated[
        str | None, Field(max_length=200, description="Looked for in tasks' names and ids and models' names.")
    ] = None
    sort: Annotated[
        str,
        Field(
            pattern=f"^-?({'|'.join(Sort)})$",
            description="What to sort by, with `-` before it from the largest down.",
            json_schema_extra={"enum": list[object](_SORTS)},
        ),
    ] = "-submitted_at"
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: str | None = None
    brief: Annotated[
        bool,
        Field(
            description="Without `artifacts`, `inputs`, `phases` and the summary's `by_type`, which are then empty: about half the bytes, for lists."
        ),
    ] = False

    @property
    def sort_by(self) -> Sort:
        return Sort(self.sort.removeprefix("-"))

    def filter(
        self, eye: Reach, found: Sequence[TaskId] | None, projects: Iterable[UUID] | None, tags: AnyOfEach
    ) -> Filter:
        """``eye``: how far the caller sees. ``found``: the tasks that a search found, ``projects``: those asked for that the caller may see; None without one."""
        return Filter(
            state=_any(self.state),
            platform=_any(self.platform),
            engine=_any(self.engine),
            model_id=_any([ModelId(id_) for id_ in self.model]),
            sweep=_any([SweepId(id_) for id_ in self.sweep]),
            project=None if projects is None else tuple(ProjectId(id_) for id_ in projects),
            tags=tags,
            owner=None if eye.team or eye.owner is None else (eye.owner,),
            seen_by=eye.owner if eye.team else None,
            kind=_any(self.kind) or (TaskKind.PROFILE,),
            id=None if found is None else tuple(found),
        )


def _any(values: list[T]) -> tuple[T, ...] | None:
    return tuple(values) if values else None
