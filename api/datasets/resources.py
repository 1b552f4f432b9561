"""A dataset as its owner sees it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.tasks.resources import AskedInputs, Label
from core.events.ownership import Visibility


class NewDataset(AskedInputs):
    model_config = ConfigDict(extra="forbid")

    name: Label
    """Yours alone: no two of your datasets have the same."""


class DatasetResource(AskedInputs):
    id: UUID
    owner: UUID
    name: str
    visibility: Visibility
    created_at: datetime


class DatasetChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"visibility": "team"}]})

    visibility: Visibility | None = None
    """`team`: everybody who has an account may look at the dataset and use its inputs."""


class DatasetList(BaseModel):
    items: list[DatasetResource]
