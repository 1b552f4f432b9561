"""What waits, kept so that a choice looks at queues and not at tasks. No I/O."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.domain.task import TaskState
from core.events.ids import AccountId, EngineVersion, LabelId, Platform, RunnerId, TaskId
from core.events.runner import Pool
from core.events.task import TaskKind
from core.options.table import WHEEL

_SLACK = 64
"""Heaps are made anew when they hold more that is gone than that is there, and so much more."""


@dataclass(frozen=True)
class Lane:
    """All that decides which runners can take a task, whoever owns it. ``lost_by``: the runner that lost its last attempt, if one did. ``driver``: the only one that will do; load_and_run runs models, and cannot look into them."""

    platform: Platform
    engine: EngineVersion
    runner: RunnerId | None = None
    labels: frozenset[LabelId] = frozenset()
    pool: Pool | None = None
    lost_by: RunnerId | None = None
    driver: str | None = None

    @classmethod
    def of(cls, platform: Platform, state: TaskState) -> "Lane":
        if state.submitted is None:
            raise AssertionError("a task waits before it was submitted")
        wanted = state.submitted
        lost_by = state.runners[-1] if state.runners else None
        driver = WHEEL if wanted.kind is TaskKind.INSPECT else None
        return cls(platform, wanted.engine, wanted.runner, frozenset(wanted.labels), wanted.pool, lost_by, driver)


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A task's place among its owner's in a lane: inspections first, then by the sequence of the submission."""

    profile: bool
    since: int
    task: TaskId = field(compare=False)


@dataclass
class Queue:
    """One owner's tasks in one lane. ``_heap`` may hold places that were given up; they go when they come to its top."""

    owner: AccountId
    _places: dict[TaskId, Place] = field(default_factory=dict)
    _heap: list[Place] = field(default_factory=list)
    inspections: int = 0

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, task: TaskId) -> bool:
        return task in self._places

    @property
    def head(self) -> Place:
        """Who is next; a queue without anybody does not exist."""
        while self._places.get(self._heap[0].task) != self._heap[0]:
            heapq.heappop(self._heap)
        return self._heap[0]

    def ahead_of(self, task: TaskId) -> int:
        """How many of this owner's go before the task."""
        place = self._places[task]
        return sum(other < place for other in self._places.values())

    def is_inspection(self, task: TaskId) -> bool:
        return not self._places[task].profile

    def put(self, place: Place) -> None:
        self._places[place.task] = place
        heapq.heappush(self._heap, place)
        self.inspections += not place.profile

    def drop(self, task: TaskId) -> None:
        self.inspections -= not self._places.pop(task).profile
        if len(self._heap) > _SLACK + 2 * len(self._places):
            self._heap = sorted(self._places.values())


@dataclass(frozen=True, slots=True)
class _Waiter:
    """Where a task waits, and until when it may."""

    lane: Lane
    queue: Queue
    ends: datetime


class Waiting:
    """The queued tasks: a queue for each lane and owner, and when each has waited too long."""

    def __init__(self) -> None:
        self.lanes: dict[Lane, dict[AccountId, Queue]] = {}
        self._known_lanes: dict[Lane, Lane] = {}
        """Each lane once, however many tasks are in it."""
        self._at: dict[TaskId, _Waiter] = {}
        self._deadlines: list[tuple[datetime, TaskId]] = []

    def __len__(self) -> int:
        return len(self._at)

    def __iter__(self) -> Iterator[TaskId]:
        return iter(list(self._at))

    def put(self, task: TaskId, platform: Platform, owner: AccountId, since: int, state: TaskState) -> None:
        """A task began to wait, or to wait anew."""
        self.drop(task)
        if state.submitted is None or state.queued_at is None:
            raise AssertionError(f"task {task} waits without having been queued")
        lane = Lane.of(platform, state)
        lane = self._known_lanes.setdefault(lane, lane)
        queue = self.lanes.setdefault(lane, {}).setdefault(owner, Queue(owner))
        queue.put(Place(state.submitted.kind is not TaskKind.INSPECT, since, task))
        ends = state.queued_at + timedelta(seconds=state.submitted.options.queue_limit_s)
        self._at[task] = _Waiter(lane, queue, ends)
        heapq.heappush(self._deadlines, (ends, task))

    def drop(self, task: TaskId) -> None:
        """It waits no more, if it did."""
        waiter = self._at.pop(task, None)
        if waiter is None:
            return
        lane, queue = waiter.lane, waiter.queue
        queue.drop(task)
        if len(self._deadlines) > _SLACK + 2 * len(self._at):
            self._deadlines = sorted((one.ends, waiting) for waiting, one in self._at.items())
        if not len(queue):
            del self.lanes[lane][queue.owner]
        if not self.lanes[lane]:
            del self.lanes[lane], self._known_lanes[lane]

    def __contains__(self, task: TaskId) -> bool:
        return task in self._at

    def where(self, task: TaskId) -> tuple[Lane, Queue]:
        """Raises KeyError when it does not wait."""
        waiter = self._at[task]
        return waiter.lane, waiter.queue

    def overdue(self, now: datetime) -> list[TaskId]:
        """Tasks that have waited as long as they may; named again until they are dropped."""
        due: list[tuple[datetime, TaskId]] = []
        while self._deadlines and self._deadlines[0][0] <= now:
            ends, task = heapq.heappop(self._deadlines)
            if (waiter := self._at.get(task)) and waiter.ends == ends:
                due.append((ends, task))
        for entry in due:
            heapq.heappush(self._deadlines, entry)
        return [task for _, task in due]
