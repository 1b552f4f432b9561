"""What the projector tells of its work in the traces that it belongs to."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from core.events.envelope import Fact, Recorded
from core.spans.span import Attributes, anybody_collects, of_event, tell
from core.trace import Point

YOUNG = timedelta(minutes=10)
"""Whoever reads the log of years again does not send its traces again."""


def tell_applied(events: Sequence[Recorded[Fact]], begun: int) -> None:
    """A span for each event of a batch that has just been committed, under the event's own; ``begun`` in nanoseconds since 1970."""
    if not anybody_collects():
        return
    ended, young = time.time_ns(), datetime.now(UTC) - YOUNG
    for event in events:
        if event.time > young:
            at = Point(event.correlation_id, of_event(event.id))
            about: Attributes = {
                "mgeprof.id": str(event.key.id),
                "mgeprof.event": event.name,
                "mgeprof.sequence": event.sequence,
            }
            tell("apply", at, begun, ended, about)
