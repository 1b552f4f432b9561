"""An event in the words of CloudEvents 1.0."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from core.events.cloud import SOURCE, subject_of
from core.events.envelope import Fact, Recorded

MEDIA_TYPE = "application/cloudevents+json"


class EventResource(BaseModel):
    """The first seven fields and ``data`` are those of CloudEvents, the others are extensions.

    ``type``: ``<aggregate>.<what happened>``. ``subject``: ``<aggregate>.<platform>.<id>``. ``dataschema`` names the version of what ``data`` holds, and so does ``version``.
    ``sequence`` is the place in the whole log. ``actor``: an account, a runner, or the nil UUID for the control plane.
    """

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    sequence: int
    version: int
    attempt: int | None
    actor: UUID
    owner: UUID
    causationid: UUID | None
    correlationid: UUID
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Recorded[Fact]) -> "EventResource":
        return cls(
            id=event.id,
            source=SOURCE,
            type=event.name,
            subject=subject_of(event.key),
            time=event.time,
            dataschema=f"urn:mgeprof:event:{event.name}:{event.version}",
            sequence=event.sequence,
            version=event.version,
            attempt=event.attempt,
            actor=event.actor,
            owner=event.owner,
            causationid=event.causation_id,
            correlationid=event.correlation_id,
            data=event.data.model_dump(mode="json", exclude={"type"}),
        )

    def structured(self) -> str:
        """As a CloudEvent in JSON, in one line: attributes that it does not have are left out."""
        unset = {name for name in ("attempt", "causationid") if getattr(self, name) is None}
        return self.model_dump_json(exclude=unset)


class EventList(BaseModel):
    items: list[EventResource]


class EventPage(BaseModel):
    """How far the log was looked through: ask again with ``next_after`` as ``after`` or, newest first, with ``next_before`` as ``before``. ``more``: whether it went on there."""

    items: list[EventResource]
    next_after: int | None = None
    next_before: int | None = None
    more: bool
