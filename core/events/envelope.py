"""What every event carries around its fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from core.events.account import AccountEvent
from core.events.ids import AccountId, CommandId, EventId, event_id_of
from core.events.model import ModelEvent
from core.events.ownership import DatasetEvent
from core.events.project import ProjectEvent
from core.events.runner import RunnerEvent
from core.events.subjects import AggregateKey
from core.events.task import TaskEvent

Fact = TaskEvent | RunnerEvent | ModelEvent | DatasetEvent | ProjectEvent | AccountEvent
E_co = TypeVar("E_co", bound=Fact, covariant=True)


@dataclass(frozen=True)
class Origin:
    """Why an event came to be.

    ``owner``: the account that owns the aggregate; visibility is checked against it at delivery.
    ``actor``: who did it: an account's or a runner's id, or the nil UUID for the control plane itself.
    ``causation_id``: the event that this one follows from, if any. ``correlation_id``: shared by all that one request set off.
    """

    command_id: CommandId
    owner: AccountId
    actor: UUID
    correlation_id: UUID
    causation_id: EventId | None = None


@dataclass(frozen=True)
class Recorded(Generic[E_co]):
    """An event as it stands in the log. ``sequence`` and ``time`` (UTC) are the broker's."""

    id: EventId
    key: AggregateKey
    sequence: int
    time: datetime
    owner: AccountId
    actor: UUID
    correlation_id: UUID
    causation_id: EventId | None
    data: E_co

    @property
    def type(self) -> str:
        return self.data.type

    @property
    def version(self) -> int:
        return self.data.version

    @property
    def attempt(self) -> int | None:
        """Number of the attempt that the event speaks of, counted from 1."""
        return getattr(self.data, "attempt", None)

    @property
    def name(self) -> str:
        """``task.completed``: the aggregate and what happened to it."""
        return f"{self.key.aggregate}.{self.type}"


def recorded(key: AggregateKey, fact: Fact, origin: Origin, sequence: int, time: datetime) -> Recorded[Fact]:
    """What stands in the log once a fact was appended."""
    return Recorded(
        id=event_id_of(origin.command_id),
        key=key,
        sequence=sequence,
        time=time,
        owner=origin.owner,
        actor=origin.actor,
        correlation_id=origin.correlation_id,
        causation_id=origin.causation_id,
        data=fact,
    )
