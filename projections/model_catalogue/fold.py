"""What happens to a model's entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from core.changed import changed
from core.events import grouping, model, ownership
from core.events.envelope import Recorded
from core.events.ids import AccountId, Aggregate, ModelId, ProjectId, TagId
from core.events.model import ModelEvent
from core.events.ownership import Visibility
from projections.read_model import OrphanEventError, ReadModel


@dataclass(frozen=True)
class CataloguedModel:
    """``size`` in bytes."""

    id: ModelId
    sha256: str
    size: int
    owner: AccountId
    uploaded_at: datetime
    deleted_at: datetime | None
    inspected: model.Inspected | None
    inspected_at: datetime | None
    visibility: Visibility
    project: ProjectId | None
    tags: tuple[TagId, ...]
    sequence: int


def fold(row: CataloguedModel | None, event: Recorded[ModelEvent]) -> CataloguedModel:
    if row is None:
        return _first(event)
    if event.sequence <= row.sequence:
        return row
    row = changed(row, sequence=event.sequence)
    fact = event.data
    match fact:
        case model.Inspected():
            return changed(row, inspected=fact, inspected_at=event.time)
        case ownership.VisibilityChanged():
            return changed(row, visibility=fact.visibility)
        case ownership.Deleted():
            return changed(row, deleted_at=event.time)
        case grouping.Filed():
            return changed(row, project=fact.project)
        case grouping.Tagged():
            return changed(row, tags=fact.tags)
        case model.Uploaded():
            return row
        case _ as unreachable:
            assert_never(unreachable)


def _first(event: Recorded[ModelEvent]) -> CataloguedModel:
    fact = event.data
    if not isinstance(fact, model.Uploaded):
        raise OrphanEventError(f"model {event.key.id} was never uploaded")
    return CataloguedModel(
        id=ModelId(event.key.id),
        sha256=fact.sha256,
        size=fact.size,
        owner=event.owner,
        uploaded_at=event.time,
        deleted_at=None,
        inspected=None,
        inspected_at=None,
        visibility=Visibility.PRIVATE,
        project=None,
        tags=(),
        sequence=event.sequence,
    )


MODEL_CATALOGUE = ReadModel(__file__, CataloguedModel, Aggregate.MODEL, fold, begins=model.Uploaded, version=4)
