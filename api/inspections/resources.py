"""What is known about a model from its inspection."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.models.resources import ModelResource
from core.events.failure import FailureKind
from core.events.ids import Platform
from projections.task_state import State


class InspectionResource(BaseModel):
    """The last task that was to inspect the model."""

    task_id: UUID
    url: str
    state: State
    failure: FailureKind | None
    submitted_at: datetime


class LoadedBy(BaseModel):
    platform: Platform
    engine: str


class ModelDetail(ModelResource):
    inspection: InspectionResource | None
    loaded_by: list[LoadedBy]
    """The engines with which a run or an inspection of this model has completed."""
    runners_lost: int
    """Tasks with this model that lost three runners each, none of the kind having completed since. Above zero, only its owner's word hands it out again."""
