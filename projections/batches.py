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
        fresh = _following(await checkpoint.lock(connection), events)
        if not fresh:
            return
        for model in models:
            await model.apply(connection, fresh)
        await checkpoint.advance(connection, fresh[-1], channel)


def _following(last: int, events: Sequence[Recorded[Fact]]) -> list[Recorded[Fact]]:
    """The events that come after ``last``, each one the next."""
    fresh = [event for event in events if event.sequence > last]
    for expected, event in enumerate(fresh, last + 1):
        if event.sequence != expected:
            raise LogGapError(
                f"event {event.sequence} came where {expected} was due; the read models must not be built over a gap"
            )
    return fresh
