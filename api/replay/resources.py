"""A task as it was, what an event changed about it, and the fleet at that time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.events.resources import EventResource
from core.domain.replay import Step
from core.domain.task import Status, TaskState
from core.events.ids import Platform
from core.events.ownership import Visibility
from core.events.runner import Pool
from core.events.task import ChoiceReason, TaskEvent
from core.events.values import EngineOffer
from projections.runner_board.fold import BoardRow, state_of


class TaskMoment(BaseModel):
    """The state that every decision about a task is made from.

    ``runners[i]`` held attempt ``i + 1``. ``losses``: lost attempts that count against it. ``queued_at``: from when the queue limit counts. ``status`` is ``new`` before
    the first event.
    """

    status: Status
    attempt: int
    runners: list[UUID]
    losses: int
    cancel_requested: bool
    queued_at: datetime | None
    visibility: Visibility
    links: int
    files_deleted: bool
    deleted: bool

    @classmethod
    def of(cls, state: TaskState) -> "TaskMoment":
        custody = state.custody
        return cls(
            status=state.status,
            attempt=state.attempt,
            runners=list(state.runners),
            losses=state.losses,
            cancel_requested=state.cancel_requested,
            queued_at=state.queued_at,
            visibility=custody.visibility,
            links=len(custody.links),
            files_deleted=custody.files_deleted,
            deleted=custody.deleted,
        )


class Change(BaseModel):
    """A field of the state, before and after."""

    field: str
    before: Any
    after: Any


class ReplayStep(BaseModel):
    """``changes``: what the event made different."""

    event: EventResource
    state: TaskMoment
    changes: list[Change]

    @classmethod
    def of(cls, step: Step[TaskState, TaskEvent]) -> "ReplayStep":
        return cls(
            event=EventResource.of(step.event),
            state=TaskMoment.of(step.after),
            changes=changes(step.before, step.after),
        )


class Replay(BaseModel):
    """``before`` and ``after``: the state at either moment; ``changes``: the difference; ``steps``: the events between, oldest first.

    ``more``: events of the task after the later moment.
    """

    before: TaskMoment
    after: TaskMoment
    changes: list[Change]
    steps: list[ReplayStep]
    more: int


class FleetRunner(BaseModel):
    """A runner as the log had it. ``software``: the version of its program. ``running``: attempts at other tasks that it had then. ``usable``: present, and neither drained, disabled nor removed. ``chosen``: it was given the attempt."""

    id: UUID
    platform: Platform
    pool: Pool
    engines: list[EngineOffer]
    software: str
    slots: int
    running: int
    present: bool
    drained: bool
    disabled: bool
    removed: bool
    usable: bool
    chosen: bool

    @classmethod
    def of(cls, row: BoardRow, *, running: int, chosen: bool) -> "FleetRunner":
        told = row.description
        return cls(
            id=row.id,
            platform=row.platform,
            pool=row.pool,
            engines=list(told.engines) if told else [],
            software=told.software if told else "",
            slots=told.slots if told else 0,
            running=running,
            present=row.present,
            drained=row.drained,
            disabled=row.disabled,
            removed=row.revoked,
            usable=state_of(row).usable,
            chosen=chosen,
        )


class Choice(BaseModel):
    """Why the runner got this task: ``waiting`` tasks could have gone to it, and its last beat was ``beat_age_s`` seconds old."""

    attempt: int
    runner: UUID
    reason: ChoiceReason
    waiting: int
    beat_age_s: float
    sequence: int
    time: datetime


class FleetThen(BaseModel):
    """The runners right before an attempt began, and why it began where it did; or at another moment, with the choice of the attempt that was under way then, if any."""

    choice: Choice | None
    runners: list[FleetRunner]


def changes(before: TaskState, after: TaskState) -> list[Change]:
    """The fields that differ."""
    old, new = (TaskMoment.of(state).model_dump(mode="json") for state in (before, after))
    return [Change(field=name, before=old[name], after=new[name]) for name in new if old[name] != new[name]]


def replay(made: Sequence[Step[TaskState, TaskEvent]], first: TaskState, *, more: int) -> Replay:
    """Of the steps between two moments, from the state ``first``."""
    last = made[-1].after if made else first
    return Replay(
        before=TaskMoment.of(first),
        after=TaskMoment.of(last),
        changes=changes(first, last),
        steps=[ReplayStep.of(step) for step in made],
        more=more,
    )
