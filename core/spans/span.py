"""Telling of spans: a process says what it does, and whoever receives them is set once, at its start.

A span's attributes are ids, digests, enumerations and numbers, as in events: a collector is nobody's place for names and texts.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol
from uuid import UUID

from core import trace
from core.trace import Point

Attribute = str | int | float | bool
Attributes = Mapping[str, Attribute | UUID]
"""Ids are written out only where the span is kept."""
_ALL = 2**64


class Kind(StrEnum):
    """As OpenTelemetry tells them apart."""

    INTERNAL = "internal"
    SERVER = "server"
    PRODUCER = "producer"
    CONSUMER = "consumer"
    CLIENT = "client"


@dataclass
class Span:
    """``begun`` and ``ended`` in nanoseconds since 1970. Until it ends its name, id and attributes may change."""

    name: str
    trace: UUID
    id: int
    above: int | None
    kind: Kind
    begun: int
    ended: int = 0
    failed: bool = False
    attributes: dict[str, Attribute] = field(default_factory=dict)


class Sink(Protocol):
    """Where spans go when they have ended."""

    def wants(self, at: Point) -> bool:
        """Whether those of this trace are to be kept."""
        ...

    def take(self, span: Span) -> None:
        """Quick: it is called in the midst of the work."""
        ...

    def flush(self) -> None:
        """Send what has ended, and return when it is sent or given up: blocks."""
        ...


_sink: ContextVar[Sink | None] = ContextVar("spans", default=None)


def send_to(sink: Sink | None) -> None:
    """For all that this task does from now on, and the tasks that it makes."""
    _sink.set(sink)


def anybody_collects() -> bool:
    """Where nobody does, nothing need be made ready to be told."""
    return _sink.get() is not None


def is_kept(at: Point) -> bool:
    """Whether spans of this trace are kept here."""
    sink = _sink.get()
    return sink is not None and sink.wants(at)


def in_share(trace_id: UUID, share: float) -> bool:
    """Whether a trace belongs to that share of all: the same answer everywhere, whoever made the id and however."""
    return int.from_bytes(blake2b(trace_id.bytes, digest_size=8).digest()) < share * _ALL


def of_event(event_id: UUID) -> int:
    """The id of the span in which an event was appended follows from the event's: so whoever reads the event knows it."""
    return int.from_bytes(event_id.bytes[8:])


@contextmanager
def span(
    name: str, *, at: Point | None = None, kind: Kind = Kind.INTERNAL, attributes: Attributes | None = None
) -> Iterator[Span | None]:
    """What is done meanwhile, under ``at`` or else where we are; None where nobody keeps it. It has failed when it raises."""
    above = at or trace.current()
    sink = _sink.get()
    if above is None or sink is None or not sink.wants(above):
        yield None
        return
    own = Span(name, above.trace, trace.new_span(), above.span, kind, time.time_ns(), attributes=_told(attributes))
    try:
        with trace.under(Point(own.trace, own.id)):
            yield own
    except BaseException as error:
        own.failed = True
        own.attributes["error.type"] = type(error).__name__
        raise
    finally:
        own.ended = time.time_ns()
        sink.take(own)


def tell(name: str, at: Point, begun: int, ended: int, attributes: Attributes | None = None) -> None:
    """A span that is over, in nanoseconds since 1970."""
    if is_kept(at):
        take(Span(name, at.trace, trace.new_span(), at.span, Kind.INTERNAL, begun, ended, attributes=_told(attributes)))


def _told(attributes: Attributes | None) -> dict[str, Attribute]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in (attributes or {}).items()}


def take(own: Span) -> None:
    """One that is over, as it is: it has its ids already."""
    sink = _sink.get()
    if sink is not None and sink.wants(Point(own.trace, own.above)):
        sink.take(own)


def flush_soon() -> None:
    """Send what has ended now, for nothing that must not be disturbed is going on."""
    sink = _sink.get()
    if sink is not None:
        asyncio.get_running_loop().run_in_executor(None, sink.flush)


def nanoseconds(at: datetime) -> int:
    """Since 1970, as spans count."""
    return int(at.timestamp() * 1e9)
