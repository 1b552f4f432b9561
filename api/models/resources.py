"""A model as its owner sees it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ModelResource(BaseModel):
    """``size`` in bytes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01990d5d-ac96-774b-bcce-b302099a8057",
                    "name": "resnet18.mge",
                    "sha256": "9f86d081884c7d65" * 4,
                    "size": 46_830_592,
                    "uploaded_at": "2026-11-02T09:30:00Z",
                }
            ]
        }
    )

    id: UUID
    name: str
    sha256: str
    size: int
    uploaded_at: datetime


class ModelPage(BaseModel):
    items: list[ModelResource]
    next_cursor: str | None
