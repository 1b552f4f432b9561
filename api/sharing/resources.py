"""Links as the owner of the task or sweep sees them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.sharing.table import LinkRow


class NewLink(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"days": 14}]})

    days: Annotated[float, Field(gt=0, le=366)] = 30.0
    """How long the link opens it."""


class LinkResource(BaseModel):
    """To a task, or to a sweep with all its tasks. ``open``: whether it lets in now."""

    id: UUID
    task_id: UUID | None
    sweep_id: UUID | None
    made_by: UUID
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    open: bool

    @classmethod
    def of(cls, row: LinkRow, now: datetime) -> Self:
        return cls(**vars(row), open=row.revoked_at is None and row.expires_at > now)


class MadeLink(LinkResource):
    """``token`` and ``url`` are shown this once."""

    token: str
    url: str
    """The page that opens it; the secret stands behind the ``#``, which browsers send to nobody."""


class LinkList(BaseModel):
    items: list[LinkResource]


class ShownLink(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=1, max_length=200)]


class OpenedLink(BaseModel):
    """A task, or a sweep with these tasks."""

    task_id: UUID | None
    sweep_id: UUID | None
    tasks: list[UUID]
    expires_at: datetime
