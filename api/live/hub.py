"""What the tail tells of tasks, and one subscription to what runners show, for all readers of this process."""

from collections import OrderedDict, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from api.health.numbers import Numbers
from api.live.reader import Reader
from api.live.tail import Tail
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate, RunnerId
from core.events.task import Cancelled, Completed, Expired, Failed, Inspected, Started
from core.protocol.live import Shown

RECENT_TASKS, RECENT_MESSAGES = 200, 50
"""What runners showed last is kept for readers that come later: of so many tasks, so many messages each."""
ENDS = (Completed, Inspected, Failed, Cancelled, Expired)
"""A task's last events."""
HOLDERS = 10_000
"""Of so many tasks that were started last it is known who has them."""


Item = Recorded[Fact] | Shown
TaskReader = Reader[Item]


class Hub:
    """``shown``: makes the endless stream of what runners show."""

    def __init__(self, tail: Tail, shown: Callable[[], AsyncIterator[Shown]], numbers: Numbers, *, queue: int) -> None:
        self._shown, self._numbers, self._queue = shown, numbers, queue
        self._readers: defaultdict[UUID, set[TaskReader]] = defaultdict(set)
        self._holders: OrderedDict[UUID, RunnerId] = OrderedDict()
        self._recent: OrderedDict[UUID, deque[Shown]] = OrderedDict()
        self._closed = False
        tail.listen(self._heard)

    async def run(self) -> None:
        """Hand on what runners show until cancelled. Ends, or raises, when the broker's connection is gone for good."""
        async for shown in self._shown():
            # Only who was given the task is remembered: others could fill our memory, or push the true words out of it.
            if self._holders.get(shown.task) == shown.runner:
                self._recent.setdefault(shown.task, deque(maxlen=RECENT_MESSAGES)).append(shown)
                self._recent.move_to_end(shown.task)
                _forget_the_oldest(self._recent, RECENT_TASKS)
            self._tell(shown.task, shown)

    def close(self) -> None:
        """End all streams, so that the server can end."""
        self._closed = True
        for readers in self._readers.values():
            for reader in readers:
                reader.end()

    @contextmanager
    def reader(self, task: UUID) -> Iterator[TaskReader]:
        """From now on everything about a task. Read its history after this, and there is no gap."""
        reader = TaskReader(self._queue)
        for shown in self._recent.get(task, ()):
            self._hand(reader, shown)
        if self._closed:
            reader.end()
        self._readers[task].add(reader)
        self._numbers.readers.inc()
        try:
            yield reader
        finally:
            self._numbers.readers.dec()
            self._readers[task].discard(reader)
            if not self._readers[task]:
                del self._readers[task]

    def _heard(self, events: Sequence[Recorded[Fact]]) -> None:
        for event in events:
            if event.key.aggregate is Aggregate.TASK:
                self._note(event)
                self._tell(event.key.id, event)

    def _note(self, event: Recorded[Fact]) -> None:
        task = event.key.id
        if isinstance(event.data, Started):
            self._holders[task] = event.data.runner_id
            _forget_the_oldest(self._holders, HOLDERS)
        elif isinstance(event.data, ENDS):
            self._holders.pop(task, None)
            self._recent.pop(task, None)  # the stored log has it all

    def _tell(self, task: UUID, item: Item) -> None:
        for reader in self._readers.get(task, ()):
            self._hand(reader, item)

    def _hand(self, reader: TaskReader, item: Item) -> None:
        if not reader.over and not reader.hand(item):
            self._numbers.cut_off.inc()


def _forget_the_oldest(things: OrderedDict[UUID, Any], most: int) -> None:
    while len(things) > most:
        things.popitem(last=False)
