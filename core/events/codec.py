"""Events to bytes and back. Old versions are upcast on read, so the rest of the system knows the newest only."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from core.events.account import AccountEvent
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import AccountId, Aggregate, EventId, event_id_of
from core.events.model import ModelEvent
from core.events.ownership import DatasetEvent
from core.events.project import ProjectEvent
from core.events.runner import RunnerEvent
from core.events.subjects import AggregateKey
from core.events.task import TaskEvent

_FACTS: dict[Aggregate, TypeAdapter[Fact]] = {
    Aggregate.TASK: TypeAdapter(TaskEvent),
    Aggregate.RUNNER: TypeAdapter(RunnerEvent),
    Aggregate.MODEL: TypeAdapter(ModelEvent),
    Aggregate.DATASET: TypeAdapter(DatasetEvent),
    Aggregate.PROJECT: TypeAdapter(ProjectEvent),
    Aggregate.ACCOUNT: TypeAdapter(AccountEvent),
}

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[tuple[Aggregate, str, int], Upcaster] = {}
"""(aggregate, type, version) → the data of the next version."""


class UndecodableEventError(Exception):
    """A message in the log is not an event that this program knows: it is older than the program that wrote it, or damaged."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: EventId
    type: str
    version: int
    owner: AccountId
    actor: UUID
    correlation_id: UUID
    causation_id: EventId | None
    data: dict[str, Any]


def encode(fact: Fact, origin: Origin) -> bytes:
    """The message body of an event that is about to be appended (UTF-8 JSON)."""
    body = _Body(
        id=event_id_of(origin.command_id),
        type=fact.type,
        version=fact.version,
        owner=origin.owner,
        actor=origin.actor,
        correlation_id=origin.correlation_id,
        causation_id=origin.causation_id,
        data=fact.model_dump(mode="json", exclude={"type"}),
    )
    return body.model_dump_json().encode()


def decode(subject: str, sequence: int, time: datetime, payload: bytes) -> Recorded[Fact]:
    """An event as it was stored. Raises UndecodableEventError."""
    try:
        key = AggregateKey.parse(subject)
        body = _Body.model_validate_json(payload)
        data, version = _upcast(key.aggregate, body)
        fact = _FACTS[key.aggregate].validate_python(data | {"type": body.type})
    except (ValidationError, ValueError) as error:
        raise UndecodableEventError(f"event {sequence} on {subject} cannot be read: {error}") from error
    if version != fact.version:
        raise UndecodableEventError(
            f"event {sequence} on {subject} is {body.type} version {version}, this program knows version {fact.version}"
        )
    return Recorded(
        id=body.id,
        key=key,
        sequence=sequence,
        time=time,
        owner=body.owner,
        actor=body.actor,
        correlation_id=body.correlation_id,
        causation_id=body.causation_id,
        data=fact,
    )


def _upcast(aggregate: Aggregate, body: _Body) -> tuple[dict[str, Any], int]:
    data, version = body.data, body.version
    while upcaster := UPCASTERS.get((aggregate, body.type, version)):
        data, version = upcaster(data), version + 1
    return data, version
