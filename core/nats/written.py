"""What a process appended itself comes back to it with the log, byte for byte: then it need not be read anew."""

from datetime import datetime

from core.events import codec
from core.events.envelope import Fact, Origin, Recorded, recorded
from core.events.subjects import AggregateKey


class Written:
    """Bodies of events and what they say, the latest ``most`` of them.

    A body says the same whenever it is read under its subject, whether it was stored at once, at a second try or never: so it is looked up by nothing but its bytes.
    """

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._known: dict[bytes, tuple[AggregateKey, Fact, Origin]] = {}

    def encode(self, key: AggregateKey, fact: Fact, origin: Origin) -> bytes:
        """As ``codec.encode``, of an event that is about to be appended to ``key``."""
        body = codec.encode(fact, origin)
        self._known[body] = key, fact, origin
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
        return body

    def decode(self, subject: str, sequence: int, time: datetime, body: bytes) -> Recorded[Fact]:
        """As ``codec.decode``. Raises UndecodableEventError."""
        known = self._known.pop(body, None)
        if known is None or subject != known[0].subject(known[1].type):
            return codec.decode(subject, sequence, time, body)
        key, fact, origin = known
        return recorded(key, fact, origin, sequence, time)
