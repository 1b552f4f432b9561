"""An event log in memory that refuses and forgets like the broker's."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from core.events.envelope import Fact, Origin, Recorded, recorded
from core.events.ids import event_id_of
from core.events.subjects import AggregateKey
from core.nats.log import Appended, ConflictError, EventLog, LogUnavailableError
from tests.unit.domain.spec import START


@dataclass
class MemoryLog(EventLog):
    """``remembers_ids``: whether the broker's window for equal message ids is still open. ``lose_answers``: so many appends are stored and not answered.

    ``told`` hears each stored event before its append is answered, as the log's followers may.
    """

    events: list[Recorded[Fact]] = field(default_factory=list)
    remembers_ids: bool = True
    lose_answers: int = 0
    told: Callable[[Recorded[Fact]], object] = lambda _event: None

    async def append(self, key: AggregateKey, fact: Fact, origin: Origin, *, expected: int) -> Appended:
        id_ = event_id_of(origin.command_id)
        before = next((event for event in self.events if event.id == id_), None)
        if before and self.remembers_ids:
            return Appended(before.sequence, duplicate=True)
        if expected != max((event.sequence for event in self.events if event.key == key), default=0):
            if before and before.key == key:
                return Appended(before.sequence, duplicate=True)
            raise ConflictError
        event = self.store(key, fact, origin)
        self.told(event)
        if self.lose_answers:
            self.lose_answers -= 1
            raise LogUnavailableError
        return Appended(event.sequence, duplicate=False)

    def store(self, key: AggregateKey, fact: Fact, origin: Origin) -> Recorded[Fact]:
        sequence = len(self.events) + 1
        event = recorded(key, fact, origin, sequence, START + timedelta(seconds=sequence))
        self.events.append(event)
        return event

    async def history(self, key: AggregateKey) -> list[Recorded[Fact]]:
        return [event for event in self.events if event.key == key]
