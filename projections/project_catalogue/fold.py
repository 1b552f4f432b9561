"""What happens to a project's entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from core.changed import changed
from core.events import ownership, project
from core.events.envelope import Recorded
from core.events.ids import AccountId, Aggregate, ProjectId
from core.events.ownership import Visibility
from core.events.project import ProjectEvent
from projections.read_model import OrphanEventError, ReadModel


@dataclass(frozen=True)
class CataloguedProject:
    id: ProjectId
    owner: AccountId
    visibility: Visibility
    created_at: datetime
    archived_at: datetime | None
    deleted_at: datetime | None
    sequence: int


def fold(row: CataloguedProject | None, event: Recorded[ProjectEvent]) -> CataloguedProject:
    if row is None:
        return _first(event)
    if event.sequence <= row.sequence:
        return row
    row = changed(row, sequence=event.sequence)
    fact = event.data
    match fact:
        case project.Archived():
            return changed(row, archived_at=event.time)
        case project.Restored():
            return changed(row, archived_at=None)
        case ownership.VisibilityChanged():
            return changed(row, visibility=fact.visibility)
        case ownership.Deleted():
            return changed(row, deleted_at=event.time)
        case project.Created():
            return row
        case _ as unreachable:
            assert_never(unreachable)


def _first(event: Recorded[ProjectEvent]) -> CataloguedProject:
    if not isinstance(event.data, project.Created):
        raise OrphanEventError(f"project {event.key.id} was never made")
    return CataloguedProject(
        id=ProjectId(event.key.id),
        owner=event.owner,
        visibility=Visibility.PRIVATE,
        created_at=event.time,
        archived_at=None,
        deleted_at=None,
        sequence=event.sequence,
    )


PROJECT_CATALOGUE = ReadModel(__file__, CataloguedProject, Aggregate.PROJECT, fold, begins=project.Created)
