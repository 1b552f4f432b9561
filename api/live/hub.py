"""One tail of the log and one subscription to what runners show, for all readers of this process."""

import asyncio
from collections import OrderedDict, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from api.health.numbers import Numbers
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate, RunnerId
from core.events.task import Cancelled, Completed, Expired, Failed, Inspected, Started
from core.nats.log import EventLog, LogUnavailableError
from core.protocol.live import Shown

logger = structlog.get_logger(__name__)

SETTLE_S = 0.5
"""What is stored may be on its way to the tail for this long."""
RECENT_TASKS, RECENT_MESSAGES = 200, 50
"""What runners showed last is kept for readers that come later: of so many tasks, so many messages each."""
ENDS = (Completed, Inspected, Failed, Cancelled, Expired)
"""A task's last events."""
HOLDERS = 10_000
"""Of so many tasks that were started last it is known who has them."""


@dataclass(frozen=True)
class CatchUp:
    """The tail may have missed events: read the history again."""


Item = Recorded[Fact] | Shown | CatchUp


class Reader:
    """What one stream has yet to tell, at most ``most`` items. ``over``: nothing more will come (it was too slow, or the process ends)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Item] = deque()
        self._news = asyncio.Event()
        self.over = False

    async def items(self) -> AsyncIterator[Item]:
        while not self.over:
            while self._waiting and not self.over:
                yield self._waiting.popleft()
            if not self.over:
                self._news.clear()
                await self._news.wait()

    def hand(self, item: Item) -> bool:
        """False when there is no room: the reader is too slow and gets nothing more."""
        if len(self._waiting) >= self._most:
            self.end()
            return False
        self._waiting.append(item)
        self._news.set()
        return True

    def end(self) -> None:
        self.over = True
        self._news.set()


class Hub:
    """``shown``: makes the endless stream of what runners show."""

    def __init__(
        self,
        log: EventLog,
        shown: Callable[[], AsyncIterator[Shown]],
        numbers: Numbers,
        *,
        queue: int,
        check_s: float,
    ) -> None:
        self._log, self._shown, self._numbers = log, shown, numbers
        self._queue, self._check_s = queue, check_s
        self._readers: defaultdict[UUID, set[Reader]] = defaultdict(set)
        self._holders: OrderedDict[UUID, RunnerId] = OrderedDict()
        self._recent: OrderedDict[UUID, deque[Shown]] = OrderedDict()
        self._seen = 0
        self._closed = False

    async def run(self) -> None:
        """Hand on until cancelled. Ends, or raises, when the broker's connection is gone for good."""
        tasks = [asyncio.create_task(work) for work in (self._tail(), self._listen(), self._watch())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def close(self) -> None:
        """End all streams, so that the server can end."""
        self._closed = True
        for readers in self._readers.values():
            for reader in readers:
                reader.end()

    @contextmanager
    def reader(self, task: UUID) -> Iterator[Reader]:
        """From now on everything about a task. Read its history after this, and there is no gap."""
        reader = Reader(self._queue)
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

    async def _tail(self) -> None:
        async for event in self._log.tail():
            if self._seen and event.sequence > self._seen + 1:
                self._catch_up()
            self._seen = max(self._seen, event.sequence)
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

    async def _listen(self) -> None:
        async for shown in self._shown():
            # Only who was given the task is remembered: others could fill our memory, or push the true words out of it.
            if self._holders.get(shown.task) == shown.runner:
                self._recent.setdefault(shown.task, deque(maxlen=RECENT_MESSAGES)).append(shown)
                self._recent.move_to_end(shown.task)
                _forget_the_oldest(self._recent, RECENT_TASKS)
            self._tell(shown.task, shown)

    async def _watch(self) -> None:
        """A tail that missed the newest event would not notice it by itself."""
        while True:
            await asyncio.sleep(self._check_s)
            if not self._readers:
                continue
            try:
                last = await self._log.last_sequence()
            except LogUnavailableError as error:
                logger.warning("the log cannot be checked", action="live_check_failed", error=str(error))
                continue
            await asyncio.sleep(SETTLE_S)
            if self._seen < last:
                self._seen = last
                self._catch_up()

    def _catch_up(self) -> None:
        logger.info("the tail has a gap", action="live_catch_up", seen=self._seen)
        for task in list(self._readers):
            self._tell(task, CatchUp())

    def _tell(self, task: UUID, item: Item) -> None:
        for reader in self._readers.get(task, ()):
            self._hand(reader, item)

    def _hand(self, reader: Reader, item: Item) -> None:
        if not reader.over and not reader.hand(item):
            self._numbers.cut_off.inc()


def _forget_the_oldest(things: OrderedDict[UUID, Any], most: int) -> None:
    while len(things) > most:
        things.popitem(last=False)
