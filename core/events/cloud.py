"""Events in the words of CloudEvents 1.0."""

from typing import Final

from core.events.ids import EventId
from core.events.subjects import AggregateKey

SOURCE: Final = "mgeprof"


def type_of(key: AggregateKey, event_type: str) -> str:
    """``task.completed``."""
    return f"{key.aggregate}.{event_type}"


def subject_of(key: AggregateKey) -> str:
    """``task.x86.<id>``: what it happened to."""
    return f"{key.aggregate}.{key.platform}.{key.id}"


def headers(id_: EventId, key: AggregateKey, event_type: str) -> dict[str, str]:
    """Of a message whose body is the data (the binary mode): who follows the republished log gets CloudEvents without anybody in between.

    Sequence and time are not known before the event is stored; the broker puts them into headers of its own.
    """
    return {
        "ce-specversion": "1.0",
        "ce-id": str(id_),
        "ce-source": SOURCE,
        "ce-type": type_of(key, event_type),
        "ce-subject": subject_of(key),
        "content-type": "application/json",
    }
