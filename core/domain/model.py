"""The life of a model."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from core.domain.decider import Decider, RejectedError
from core.events import model
from core.events.model import ModelEvent


@dataclass(frozen=True)
class ModelState:
    uploaded: model.Uploaded | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Upload:
    fact: model.Uploaded


@dataclass(frozen=True)
class Inspect:
    fact: model.Inspected


@dataclass(frozen=True)
class Delete:
    pass


Command = Upload | Inspect | Delete


def decide(state: ModelState, command: Command, _now: datetime) -> ModelEvent | None:
    """Raises RejectedError with the codes ``model_exists`` and ``model_unknown``."""
    if isinstance(command, Upload):
        if state.uploaded is not None:
            raise RejectedError("model_exists", "This model was uploaded already.")
        return command.fact
    if state.uploaded is None or state.deleted:
        raise RejectedError("model_unknown", "There is no such model.")
    match command:
        case Inspect():
            return command.fact
        case Delete():
            return model.Deleted()
        case _ as unreachable:
            assert_never(unreachable)


def evolve(state: ModelState, fact: ModelEvent, _at: datetime) -> ModelState:
    match fact:
        case model.Uploaded():
            return replace(state, uploaded=fact)
        case model.Inspected():
            return state
        case model.Deleted():
            return replace(state, deleted=True)
        case _ as unreachable:
            assert_never(unreachable)


MODEL: Decider[ModelState, Command, ModelEvent] = Decider(ModelState(), decide, evolve)
