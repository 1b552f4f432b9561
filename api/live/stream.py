"""One task's live stream: its events from the log, and between them what its runner shows."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from fastapi.sse import ServerSentEvent

from api.events.resources import EventResource
from api.live.hub import ENDS, RECENT_MESSAGES, Item, TaskReader
from api.live.stored_log import stored_lines
from core.events import ownership, task
from core.events.envelope import Fact, Recorded
from core.events.ids import RunnerId
from core.events.subjects import AggregateKey
from core.protocol.live import LogLines, PhaseBegan, Shown
from core.s3.store import ObjectStore

_SHUT = (ownership.VisibilityChanged, ownership.ShareRevoked, ownership.Deleted)
"""What may shut a reader out."""


@dataclass
class LiveStream:
    """``told``: sequence of the last event that the reader has. ``history``: read after ``reader`` was registered."""

    store: ObjectStore
    key: AggregateKey
    reader: TaskReader
    history: list[Recorded[Fact]]
    may_go_on: Callable[[int], Awaitable[bool]]
    """Whether the reader may see the task still, after the event of that sequence."""
    told: int = 0
    with_log: bool = False
    ended: bool = False
    _lines: dict[int, int] = field(default_factory=dict)
    """By attempt: number of the last line that was told."""
    _holders: dict[int, RunnerId] = field(default_factory=dict)
    """By attempt: the runner that was given it."""
    _early: deque[Shown] = field(default_factory=lambda: deque(maxlen=RECENT_MESSAGES))
    """What was shown of attempts that the log has yet to tell us about: the two come by different ways."""

    async def messages(self) -> AsyncIterator[ServerSentEvent]:
        """Ends after the task's last event, or when the reader is cut off."""
        async for message in self._events(self.history):
            yield message
        if self._is_over():
            return
        async for item in self.reader.items():
            async for message in self._tell(item):
                yield message
            if self._is_over():
                return

    def _is_over(self) -> bool:
        return self.ended

    async def _tell(self, item: Item) -> AsyncIterator[ServerSentEvent]:
        match item:
            case Recorded():
                async for message in self._events([item]):
                    yield message
            case Shown():
                for message in self._shown(item):
                    yield message
            case _ as unreachable:
                assert_never(unreachable)

    def _shown(self, shown: Shown) -> Iterator[ServerSentEvent]:
        """Only the runner that was given the attempt has anything to say about it."""
        attempt = shown.message.attempt
        if attempt not in self._holders:
            self._early.append(shown)
        elif self._holders[attempt] == shown.runner:
            match shown.message:
                case PhaseBegan() as phase:
                    yield ServerSentEvent(event="phase", data=phase.model_dump(mode="json", exclude={"kind"}))
                case LogLines() as log:
                    yield from self._log_lines(attempt, enumerate(log.lines, start=log.n))

    def _shown_too_early(self) -> Iterator[ServerSentEvent]:
        early, self._early = self._early, deque(maxlen=RECENT_MESSAGES)
        for shown in early:
            yield from self._shown(shown)

    async def _events(self, events: Iterable[Recorded[Fact]]) -> AsyncIterator[ServerSentEvent]:
        for event in events:
            if isinstance(event.data, _SHUT) and not await self.may_go_on(event.sequence):
                self.ended = True
                return
            self.ended = self.ended or isinstance(event.data, ENDS)
            if isinstance(event.data, task.Started):
                self._holders[event.data.attempt] = event.data.runner_id
            if event.sequence <= self.told:
                continue
            if self.with_log:
                async for message in self._rest_of_log(event):
                    yield message
            self.told = event.sequence
            yield ServerSentEvent(event="event", id=str(event.sequence), data=EventResource.of(event))
            for message in self._shown_too_early():
                yield message

    async def _rest_of_log(self, event: Recorded[Fact]) -> AsyncIterator[ServerSentEvent]:
        """What the runner showed may have been dropped on its way; the stored log has the lines that follow."""
        fact = event.data
        if not isinstance(fact, task.Completed | task.Inspected | task.Failed | task.Cancelled):
            return
        async for number, line in stored_lines(self.store, self.key, fact.attempt, fact.artifacts):
            for message in self._log_lines(fact.attempt, [(number, line)]):
                yield message

    def _log_lines(self, attempt: int, numbered: Iterable[tuple[int, str]]) -> Iterable[ServerSentEvent]:
        if not self.with_log:
            return
        for number, line in numbered:
            if number > self._lines.get(attempt, 0):
                self._lines[attempt] = number
                yield ServerSentEvent(event="log", data={"attempt": attempt, "n": number, "line": line})
