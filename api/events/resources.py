"""An event in the words of CloudEvents 1.0."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from core.events.envelope import Fact, Recorded

SOURCE = "mgeprof"


class EventResource(BaseModel):
    """``sequence`` is the place in the whole log. ``actor``: an account, a runner, or the nil UUID for the control plane."""

    id: UUID
    type: str
    version: int
    source: str
    subject: str
    time: datetime
    sequence: int
    attempt: int | None
    actor: UUID
    owner: UUID
    causation_id: UUID | None
    correlation_id: UUID
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Recorded[Fact]) -> "EventResource":
        return cls(
            id=event.id,
            type=event.name,
            version=event.version,
            source=SOURCE,
            subject=f"{event.key.aggregate}.{event.key.platform}.{event.key.id}",
            time=event.time,
            sequence=event.sequence,
            attempt=event.attempt,
            actor=event.actor,
            owner=event.owner,
            causation_id=event.causation_id,
            correlation_id=event.correlation_id,
            data=event.data.model_dump(mode="json", exclude={"type"}),
        )


class EventList(BaseModel):
    items: list[EventResource]
