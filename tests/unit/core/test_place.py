"""Where a stream's message stands is read as the client's own library reads it."""

from __future__ import annotations

import pytest
from nats.aio.msg import Msg

from core.nats.log import place_of

REPLIES = [
    "$JS.ACK.EVENTS.cQ3x.1.1234567.89.1790000000123456789.42",
    "$JS.ACK.hub.A1b2.EVENTS.cQ3x.1.1234567.89.1790000000123456789.42.r4nd",
    "$JS.ACK._.A1b2.EVENTS.cQ3x.1.1234567.89.1790000000123456789.42",
]


@pytest.mark.parametrize("reply", REPLIES)
def test_sequence_and_time(reply: str) -> None:
    metadata = Msg.Metadata._from_reply(reply)
    sequence, nanoseconds = place_of(reply)
    assert (sequence, nanoseconds) == (1234567, 1790000000123456789)
    assert metadata.sequence.stream == sequence
    assert metadata.timestamp.timestamp() == pytest.approx(nanoseconds / 1e9, abs=1e-6)
