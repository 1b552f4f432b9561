"""A model as its owner sees it."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.grouping.resources import GroupingChange, ProjectRef
from core.events.ownership import Visibility
from projections.model_catalogue.fold import CataloguedModel


class Figures(BaseModel):
    """What an inspection counted. ``computation``: floating point operations of one run at batch size 1, where the model allows that."""

    task_id: UUID
    engine: str
    at: datetime
    operators: int
    parameters: int
    """Numbers in all parameters together."""
    computation: float

    @classmethod
    def of(cls, model: CataloguedModel) -> Self | None:
        if model.inspected is None or model.inspected_at is None:
            return None
        return cls(**model.inspected.model_dump(exclude={"type"}), at=model.inspected_at)


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
                    "owner": "01990d5c-1f7e-7e0a-9d0c-6a7f2b8c9d10",
                    "visibility": "private",
                }
            ]
        }
    )

    id: UUID
    name: str
    sha256: str
    size: int
    uploaded_at: datetime
    owner: UUID
    visibility: Visibility
    inspected: Figures | None = None
    """None until an inspection has ended well."""
    project: ProjectRef | None = None
    """The project that it is in, if any that you may see."""
    tags: list[str] = []


class ModelChange(GroupingChange):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"visibility": "team"}, {"add_tags": ["mobile"]}]}
    )

    visibility: Visibility | None = None
    """`team`: everybody who has an account may look at the model and have it measured."""


class ModelPage(BaseModel):
    items: list[ModelResource]
    next_cursor: str | None
