"""Applying a batch of events to all read models: wholly, or not at all."""

from collections.abc import Sequence

from core.events.envelope import Fact, Recorded
from core.nats.log import LogGapError
from core.postgres.connection import Connection
from projections import checkpoint
from projections.read_model import Projection
from projections.read_models import READ_MODELS


async def apply_batch(
    connection: Connection,
    events: Sequence[Recorded[Fact]],
    *,
    models: Sequence[Projection] = READ_MODELS,
    channel: str | None = None,
) -> None:
    """Bring the tables of the connection's schema up to the batch's last event; what they have already seen changes nothing.

    ``models``: those that stand there. ``channel``: where to announce the new sequence once it is committed. Raises LogGapError and UnappliableEventError.
    """
    async with connection.transaction():
        # As a rule the batch is what comes next: then the one statement that moves the checkpoint holds it, too.
        fresh = _following(events[0].sequence - 1, events) if events else []
        if fresh and not await checkpoint.advance(connection, events[0].sequence - 1, fresh[-1], channel):
            last = await checkpoint.lock(connection)
            fresh = _following(last, events)
            if fresh:
                await checkpoint.advance(connection, last, fresh[-1], channel)
        for model in models if fresh else ():
            await model.apply(connection, fresh)


def _following(last: int, events: Sequence[Recorded[Fact]]) -> list[Recorded[Fact]]:
    """The events that come after ``last``, each one the next."""
    fresh = [event for event in events if event.sequence > last]
    for expected, event in enumerate(fresh, last + 1):
        if event.sequence != expected:
            raise LogGapError(
                f"event {event.sequence} came where {expected} was due; the read models must not be built over a gap"
            )
    return fresh
