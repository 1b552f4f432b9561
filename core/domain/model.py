"""The life of a model."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from core.changed import changed
from core.domain import grouping as grouped
from core.domain import ownership as owning
from core.domain.decider import Decider, RejectedError
from core.domain.grouping import UNGROUPED, ChangeTags, File, Grouping
from core.domain.ownership import OWNERS_ALONE, ChangeVisibility, Custody, Delete
from core.events import grouping, model, ownership
from core.events.model import ModelEvent


@dataclass(frozen=True)
class ModelState:
    uploaded: model.Uploaded | None = None
    custody: Custody = OWNERS_ALONE
    grouping: Grouping = UNGROUPED


@dataclass(frozen=True)
class Upload:
    fact: model.Uploaded


@dataclass(frozen=True)
class Inspect:
    fact: model.Inspected


Command = Upload | Inspect | ChangeVisibility | File | ChangeTags | Delete


def decide(state: ModelState, command: Command, _now: datetime) -> ModelEvent | None:
    """Raises RejectedError with the codes ``model_exists``, ``model_unknown`` and ``too_many_tags``."""
    if isinstance(command, Upload):
        if state.uploaded is not None:
            raise RejectedError("model_exists", "This model was uploaded already.")
        return command.fact
    if state.uploaded is None or (state.custody.deleted and not isinstance(command, Delete)):
        raise RejectedError("model_unknown", "There is no such model.")
    if isinstance(command, Inspect):
        return command.fact
    if isinstance(command, File | ChangeTags):
        return grouped.decide(state.grouping, command)
    fact = owning.decide(state.custody, command)
    return fact if isinstance(fact, ownership.VisibilityChanged | ownership.Deleted) else None


def evolve(state: ModelState, fact: ModelEvent, _at: datetime) -> ModelState:
    match fact:
        case model.Uploaded():
            return changed(state, uploaded=fact)
        case model.Inspected():
            return state
        case ownership.VisibilityChanged() | ownership.Deleted():
            return changed(state, custody=owning.evolve(state.custody, fact))
        case grouping.Filed() | grouping.Tagged():
            return changed(state, grouping=grouped.evolve(state.grouping, fact))
        case _ as unreachable:
            assert_never(unreachable)


MODEL: Decider[ModelState, Command, ModelEvent] = Decider(ModelState(), decide, evolve)
