"""What administrators see."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from core.domain.account import Standing
from core.events.account import Admission, Role
from core.events.ids import Platform
from projections.paging import MAX_LIMIT
from projections.task_state import State


class UserQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    q: Annotated[str | None, Field(max_length=200, description="Looked for in names, e-mail addresses and ids.")] = None
    role: list[Role] = []
    standing: list[Standing] = []
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: str | None = None


class UserResource(BaseModel):
    """``admission``: how the account came to be. ``tasks``: runs that it has."""

    id: UUID
    name: str
    email: str | None
    role: Role
    standing: Standing
    admission: Admission
    created_at: datetime
    last_seen_at: datetime | None
    tasks: int


class UserPage(BaseModel):
    items: list[UserResource]
    next_cursor: str | None


class UserChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "admin"}]})

    role: Role | None = None
    disabled: bool | None = None
    """True: gets in nowhere, and all sessions end; false: gets in again."""


class CancelMany(BaseModel):
    """Which tasks to cancel; what is not given takes all. Without any filter nothing is cancelled."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"state": ["queued"], "platform": ["cuda"]}]}
    )

    ids: Annotated[list[UUID], Field(max_length=500)] = []
    owner: list[UUID] = []
    platform: list[Platform] = []
    model: list[UUID] = []
    state: list[State] = []
    everything: bool = False
    """All that wait or run, of everybody."""


class Cancelled(BaseModel):
    """``remaining``: whether there are more; ask again."""

    cancelled: list[UUID]
    remaining: bool


class StorageOfUser(BaseModel):
    """Bytes. What several people have uploaded counts for each of them."""

    account: UUID
    name: str | None
    models: int
    inputs: int
    artifacts: int
    total: int


class StorageResource(BaseModel):
    """``stored``: bytes as they lie in the object store, each content once. ``waiting``: deletions that are under way."""

    users: list[StorageOfUser]
    stored: int
    waiting: int


class RetentionChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"files_days": 90}]})

    files_days: Annotated[float | None, Field(gt=0, le=36_500)]
    """Files of runs that ended longer ago are deleted; null: never."""


class RetentionResource(BaseModel):
    files_days: float | None
    changed_by: UUID | None
    changed_at: datetime | None


class RetentionRun(BaseModel):
    """``tasks``: of how many files were deleted now, or would be; ``bytes``: how much those are, where that was asked."""

    tasks: int
    bytes: int | None = None


class AuditQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    actor: Annotated[UUID | None, Field(description="Who did it.")] = None
    thing: Annotated[UUID | None, Field(description="What it was done to.")] = None
    owner: Annotated[UUID | None, Field(description="Whose thing it was.")] = None
    type: Annotated[list[Annotated[str, Field(max_length=100)]], Field(description="Such as `task.submitted`.")] = []
    since: datetime | None = None
    until: datetime | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: str | None = None


class ActResource(BaseModel):
    """``actor_name`` (of a device, where one removed itself) and ``owner_name`` are those of today, None of an account that was deleted."""

    id: UUID
    sequence: int
    at: datetime
    actor: UUID
    actor_name: str | None
    owner: UUID
    owner_name: str | None
    type: str
    thing: UUID
    detail: dict[str, Any]


class AuditPage(BaseModel):
    items: list[ActResource]
    next_cursor: str | None
