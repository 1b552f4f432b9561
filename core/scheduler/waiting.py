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
    """All that decides which runners can take a task, whoever owns it. ``lost_by``: the runner that lost its last attempt, if one did. ``driver``: the only one that will do; load_and_run runs models, and cannot look into them. ``withheld``: nobody may take it."""

    platform: Platform
    engine: EngineVersion
    runner: RunnerId | None = None
    labels: frozenset[LabelId] = frozenset()
    pool: Pool | None = None
    lost_by: RunnerId | None = None
    driver: str | None = None
    withheld: bool = False

    @classmethod
    def of(cls, platform: Platform, state: TaskState, *, withheld: bool = False) -> "Lane":
        if state.submitted is None:
            raise AssertionError("a task waits before it was submitted")
        wanted = state.submitted
        lost_by = state.runners[-1] if state.runners else None
        driver = WHEEL if wanted.kind is TaskKind.INSPECT else None
        labels = frozenset(wanted.labels)
        return cls(platform, wanted.engine, wanted.runner, labels, wanted.pool, lost_by, driver, withheld)


@dataclass(eq=False, slots=True)
class Place:
    """A task's place among its owner's in a lane: inspections first, then by the sequence of the submission. ``ends``: until when it may wait. There may be a hundred thousand."""

    profile: bool
    since: int
    task: TaskId
    queue: "Queue"
    ends: datetime
    given_up: bool = False

    def __lt__(self, other: "Place") -> bool:
        return (self.profile, self.since) < (other.profile, other.since)


@dataclass(eq=False)
class Queue:
    """One owner's tasks in one lane. ``_heap`` may hold places that were given up; they go when they come to its top."""

    lane: Lane
    owner: AccountId
    inspections: int = 0
    _count: int = 0
    _heap: list[Place] = field(default_factory=list)

    def __len__(self) -> int:
        return self._count

    @property
    def head(self) -> Place:
        """Who is next; a queue without anybody does not exist."""
        while self._heap[0].given_up:
            heapq.heappop(self._heap)
        return self._heap[0]

    def ahead_of(self, place: Place) -> int:
        """How many of this owner's go before it."""
        return sum(other < place for other in self._heap if not other.given_up)

    def put(self, place: Place) -> None:
        heapq.heappush(self._heap, place)
        self._count += 1
        self.inspections += not place.profile

    def drop(self, place: Place) -> None:
        place.given_up = True
        self._count -= 1
        self.inspections -= not place.profile
        if len(self._heap) > _SLACK + 2 * self._count:
            self._heap = sorted(other for other in self._heap if not other.given_up)


class Waiting:
    """The queued tasks: a queue for each lane and owner, and when each has waited too long."""

    def __init__(self) -> None:
        self.lanes: dict[Lane, dict[AccountId, Queue]] = {}
        self._known_lanes: dict[Lane, Lane] = {}
        """Each lane once, however many tasks are in it."""
        self._places: dict[TaskId, Place] = {}
        self._deadlines: list[tuple[datetime, Place]] = []

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[TaskId]:
        return iter(list(self._places))

    def __contains__(self, task: TaskId) -> bool:
        return task in self._places

    def put(
        self,
        task: TaskId,
        platform: Platform,
        owner: AccountId,
        since: int,
        state: TaskState,
        *,
        withheld: bool = False,
    ) -> None:
        """A task began to wait, or to wait anew, or otherwise."""
        self.drop(task)
        if state.submitted is None or state.queued_at is None:
            raise AssertionError(f"task {task} waits without having been queued")
        queue = self._queue(Lane.of(platform, state, withheld=withheld), owner)
        ends = state.queued_at + timedelta(seconds=state.submitted.options.queue_limit_s)
        place = Place(state.submitted.kind is not TaskKind.INSPECT, since, task, queue, ends)
        queue.put(place)
        self._places[task] = place
        heapq.heappush(self._deadlines, _deadline(place))

    def _queue(self, lane: Lane, owner: AccountId) -> Queue:
        lane = self._known_lanes.setdefault(lane, lane)
        by_owner = self.lanes.setdefault(lane, {})
        if owner not in by_owner:
            by_owner[owner] = Queue(lane, owner)
        return by_owner[owner]

    def drop(self, task: TaskId) -> None:
        """It waits no more, if it did."""
        place = self._places.pop(task, None)
        if place is None:
            return
        queue = place.queue
        queue.drop(place)
        if len(self._deadlines) > _SLACK + 2 * len(self._places):
            self._deadlines = sorted(map(_deadline, self._places.values()))
        if not len(queue):
            del self.lanes[queue.lane][queue.owner]
        if not self.lanes[queue.lane]:
            del self.lanes[queue.lane], self._known_lanes[queue.lane]

    def where(self, task: TaskId) -> Place:
        """Raises KeyError when it does not wait."""
        return self._places[task]

    def overdue(self, now: datetime) -> list[TaskId]:
        """Tasks that have waited as long as they may; named again until they are dropped."""
        due: list[Place] = []
        while self._deadlines and self._deadlines[0][0] <= now:
            _, place = heapq.heappop(self._deadlines)
            if not place.given_up:
                due.append(place)
        for place in due:
            heapq.heappush(self._deadlines, _deadline(place))
        return [place.task for place in due]


def _deadline(place: Place) -> tuple[datetime, Place]:
    return place.ends, place
