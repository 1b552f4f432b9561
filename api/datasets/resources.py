"""A dataset as its owner sees it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.tasks.resources import AskedInputs, Label


class NewDataset(AskedInputs):
    model_config = ConfigDict(extra="forbid")

    name: Label
    """Yours alone: no two of your datasets have the same."""


class DatasetResource(AskedInputs):
    id: UUID
    name: str
    created_at: datetime


class DatasetList(BaseModel):
    items: list[DatasetResource]
