"""The life of a project."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from core.changed import changed
from core.domain import ownership as owning
from core.domain.decider import Decider, RejectedError
from core.domain.ownership import OWNERS_ALONE, ChangeVisibility, Custody, Delete
from core.events import ownership, project
from core.events.project import ProjectEvent


@dataclass(frozen=True)
class ProjectState:
    created: bool = False
    archived: bool = False
    custody: Custody = OWNERS_ALONE

    @property
    def there(self) -> bool:
        return self.created and not self.custody.deleted


@dataclass(frozen=True)
class Create:
    pass


@dataclass(frozen=True)
class Archive:
    """``archived`` False: take it out of the archive again."""

    archived: bool = True


Command = Create | Archive | ChangeVisibility | Delete


def decide(state: ProjectState, command: Command, _now: datetime) -> ProjectEvent | None:
    """Raises RejectedError with the codes ``project_exists`` and ``project_unknown``."""
    if isinstance(command, Create) and not state.created:
        return project.Created()
    if not state.created or (state.custody.deleted and not isinstance(command, Delete)):
        raise RejectedError("project_unknown", "There is no such project.")
    if isinstance(command, Create):
        raise RejectedError("project_exists", "This project was made already.")
    if isinstance(command, Archive):
        if state.archived == command.archived:
            return None
        return project.Archived() if command.archived else project.Restored()
    fact = owning.decide(state.custody, command)
    return fact if isinstance(fact, ownership.VisibilityChanged | ownership.Deleted) else None


def evolve(state: ProjectState, fact: ProjectEvent, _at: datetime) -> ProjectState:
    match fact:
        case project.Created():
            return changed(state, created=True)
        case project.Archived():
            return changed(state, archived=True)
        case project.Restored():
            return changed(state, archived=False)
        case ownership.VisibilityChanged() | ownership.Deleted():
            return changed(state, custody=owning.evolve(state.custody, fact))
        case _ as unreachable:
            assert_never(unreachable)


PROJECT: Decider[ProjectState, Command, ProjectEvent] = Decider(ProjectState(), decide, evolve)
