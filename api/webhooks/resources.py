"""Webhooks as they are asked for and shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from api.events.filters import EventFilter
from api.webhooks.outbox import Cause, DeliveryRow, Progress, TryRow
from api.webhooks.table import DisabledReason, WebhookRow, WebhookState

_EXAMPLE: Final[dict[str, Any]] = {
    "url": "https://ci.example.org/hooks/mgeprof",
    "description": "Tells the team what failed",
    "filter": {"type": ["task.failed", "task.expired"]},
}


def _plain(url: HttpUrl) -> HttpUrl:
    if url.username or url.password:
        raise ValueError("an address with a name or a password in it is shown to everybody who sees the webhook")
    if url.fragment:
        raise ValueError("what stands behind the # is never sent")
    return url


Url = Annotated[HttpUrl, AfterValidator(_plain)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Place = Annotated[int, Field(ge=0, lt=2**53)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewWebhook(_Asked):
    """It hears of what happens to your own things from now on."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    url: Url
    """Where messages are posted to. On the public internet with https; elsewhere only where an administrator allows it."""
    description: Description = ""
    filter: EventFilter = EventFilter()
    """Without one it hears of everything."""


class WebhookChange(_Asked):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": False}]})

    url: Url | None = None
    description: Description | None = None
    filter: EventFilter | None = None
    enabled: bool | None = None


class NewSecret(_Asked):
    """A new secret; messages are signed with both for a while."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: Annotated[float, Field(ge=0, le=720)] = 24.0
    """For how long the old one still signs, too."""


class NewReplay(_Asked):
    """Which part of the log to send again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"after": 1200}]})

    after: Place
    """Begin after this place in the log; 0: at its beginning."""
    until: Place | None = None
    """The last place; by default the log's present end."""


class WebhookResource(BaseModel):
    """``waiting``: messages that have not got through yet. ``previous_secret_until``: until then two secrets sign.

    ``disabled_after``: what happened in the log after this place, until it was enabled again, was not kept for it: replay it from there.
    """

    id: UUID
    url: str
    description: str
    filter: EventFilter
    state: WebhookState
    reason: DisabledReason | None
    disabled_at: datetime | None
    disabled_after: int | None
    previous_secret_until: datetime | None
    delivered_at: datetime | None
    waiting: int
    created_at: datetime

    @classmethod
    def of(cls, row: WebhookRow, now: datetime) -> Self:
        until = row.previous_until if row.previous_until is not None and row.previous_until > now else None
        known = {name: value for name, value in vars(row).items() if name in cls.model_fields}
        return cls(**known, previous_secret_until=until)


class MadeWebhook(WebhookResource):
    """``secret`` verifies signatures. It is shown when it is made, and never again."""

    secret: str

    @classmethod
    def told(cls, row: WebhookRow, now: datetime, secret: str) -> Self:
        return cls(**vars(WebhookResource.of(row, now)), secret=secret)


class WebhookList(BaseModel):
    items: list[WebhookResource]


class TryResource(BaseModel):
    """``status``: what the receiver answered; ``error``: why there was no answer. ``answer``: how it began. Seconds until it was there."""

    number: int
    at: datetime
    status: int | None
    error: str | None
    seconds: float
    answer: str


class DeliveryResource(BaseModel):
    """One message on its way. ``event_id`` is the message's `webhook-id`; ``sequence`` its event's place in the log; ``thing`` what it is about."""

    id: UUID
    event_id: UUID
    sequence: int
    type: str
    thing: UUID
    cause: Cause
    state: Progress
    tries: int
    next_try_at: datetime | None
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: DeliveryRow) -> Self:
        next_at = row.due_at if row.state is Progress.WAITING else None
        known = {name: value for name, value in vars(row).items() if name in cls.model_fields}
        return cls(**known, next_try_at=next_at)


class DeliveryDetail(DeliveryResource):
    """With every try, the first one first."""

    log: list[TryResource] = []

    @classmethod
    def told(cls, row: DeliveryRow, tries: Sequence[TryRow]) -> "DeliveryDetail":
        return cls(**vars(DeliveryResource.of(row)), log=[TryResource(**vars(one)) for one in tries])


class DeliveryQuery(_Asked):
    state: Annotated[list[Progress], Field(max_length=len(Progress), description="Only those that stand so.")] = []
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str | None, Field(max_length=200)] = None


class DeliveryPage(BaseModel):
    items: list[DeliveryResource]
    next_cursor: str | None


class Replaying(BaseModel):
    """Which part of the log is sent again, piece by piece."""

    after: int
    until: int
