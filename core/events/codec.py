"""Events to bytes and back. Old versions are upcast on read, so the rest of the system knows the newest only."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from core.events.catalogue import FACTS, UNIONS
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import AccountId, Aggregate, EventId, event_id_of
from core.events.subjects import AggregateKey

_FACTS: dict[Aggregate, TypeAdapter[Fact]] = {aggregate: TypeAdapter(union) for aggregate, union in UNIONS.items()}

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[tuple[Aggregate, str, int], Upcaster] = {
    (Aggregate.RUNNER, "described", 1): lambda data: data,  # it knew no graphics cards
}
"""(aggregate, type, version) → the data of the next version."""


class UndecodableEventError(Exception):
    """A message in the log is not an event that this program knows: it is older than the program that wrote it, or damaged."""


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: EventId
    type: str
    version: int
    owner: AccountId
    actor: UUID
    correlation_id: UUID
    causation_id: EventId | None


class _Body(_Envelope):
    data: dict[str, Any]


def _body_of(fact: type[Fact]) -> type[_Envelope]:
    """A body whose data are today's version of a fact: read in one go."""
    return create_model(f"{fact.__qualname__}Body", __base__=_Envelope, data=(fact, ...))


_BODIES: dict[tuple[str, str], type[_Envelope]] = {
    (aggregate, type_): _body_of(fact) for aggregate, facts in FACTS.items() for type_, fact in facts.items()
}


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
        key, event_type = AggregateKey.parse(subject), subject.rpartition(".")[2]
        body, fact, version = _read_today(key, event_type, payload) or _read(key, payload)
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


def _read_today(key: AggregateKey, event_type: str, payload: bytes) -> tuple[_Envelope, Fact, int] | None:
    """None when it is not of today's version, or cannot be read: then ``_read`` knows more."""
    try:
        body: Any = _BODIES[key.aggregate, event_type].model_validate_json(payload)
    except (KeyError, ValidationError):
        return None
    is_today = (body.type, body.version) == (event_type, body.data.version)
    return (body, body.data, body.version) if is_today else None


def _read(key: AggregateKey, payload: bytes) -> tuple[_Envelope, Fact, int]:
    """The fact brought up as far as there is a way, and the version that this led to."""
    body = _Body.model_validate_json(payload)
    data, version = _upcast(key.aggregate, body)
    return body, _FACTS[key.aggregate].validate_python(data | {"type": body.type}), version


def _upcast(aggregate: Aggregate, body: _Body) -> tuple[dict[str, Any], int]:
    data, version = body.data, body.version
    while upcaster := UPCASTERS.get((aggregate, body.type, version)):
        data, version = upcaster(data), version + 1
    return data, version
