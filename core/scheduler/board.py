"""The scheduler's view of the world: open tasks and runners, folded from the log. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from core.domain.runner import RUNNER, RunnerState
from core.domain.task import MOVING, TASK, Status, TaskState
from core.events import task
from core.events.account import QuotaSet
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, Aggregate, EngineVersion, EventId, ModelId, RunnerId, TaskId
from core.events.runner import RunnerEvent
from core.events.subjects import AggregateKey
from core.events.task import TaskEvent
from core.nats.execute import Known
from core.scheduler.killers import Killers
from core.scheduler.open_task import OpenTask
from core.scheduler.running import Running
from core.scheduler.waiting import Lane, Waiting

_AS_OBJECTS = 500
"""So many tasks may wait at their full size: of most it is not for long."""


@dataclass
class KnownRunner:
    """A runner as the log knows it, and what it said since the scheduler started (``free``, ``heard_at``: not in the log)."""

    key: AggregateKey
    known: Known[RunnerState]
    free: int = 0
    heard_at: float | None = None
    """Monotonic seconds of the last beat; None: not heard of since the scheduler started."""

    @property
    def id(self) -> RunnerId:
        return RunnerId(self.key.id)

    @property
    def engines(self) -> dict[EngineVersion, str]:
        """Build by version."""
        description = self.known.state.description
        return {offer.version: offer.build for offer in description.engines} if description else {}

    def offers(self, version: EngineVersion, driver: str | None) -> bool:
        """Whether it has this engine, with this driver if one is named."""
        description = self.known.state.description
        offered = description.engines if description else ()
        return any(one.version == version and driver in {None, one.driver} for one in offered)

    @property
    def slots(self) -> int:
        description = self.known.state.description
        return description.slots if description else 0

    @property
    def usable(self) -> bool:
        return self.known.state.usable


@dataclass
class Board:
    """``sequence``: the last event of the log that was folded in. States may be ahead of it by the scheduler's own appends."""

    sequence: int = 0
    tasks: dict[TaskId, OpenTask] = field(default_factory=dict)
    runners: dict[RunnerId, KnownRunner] = field(default_factory=dict)
    waiting: Waiting = field(default_factory=Waiting)
    held: Running = field(default_factory=Running)
    killers: Killers = field(default_factory=Killers)
    _moving: dict[TaskId, None] = field(default_factory=dict)
    _owners: dict[AccountId, AccountId] = field(default_factory=dict)
    """Each owner's id once, however many tasks there are."""

    def take_moving(self, most: int = 1000) -> list[OpenTask]:
        """Open tasks that have a step to take of themselves, in the order in which they came to it; each is told once."""
        ids = list(islice(self._moving, most))
        for id_ in ids:
            del self._moving[id_]
        return [self.tasks[id_] for id_ in ids]

    def take_in(self, entry: OpenTask) -> None:
        """An open task as it was stored."""
        entry.owner = self._owners.setdefault(entry.owner, entry.owner)
        self.tasks[entry.id] = entry
        self._settle(entry)

    def apply(self, event: Recorded[Fact]) -> None:
        """Fold one event of the log; what the board knows already changes nothing."""
        self.sequence = event.sequence
        match event.key.aggregate:
            case Aggregate.TASK:
                self._apply_task(cast("Recorded[TaskEvent]", event))
            case Aggregate.RUNNER:
                self._apply_runner(cast("Recorded[RunnerEvent]", event))
            case Aggregate.ACCOUNT:
                if isinstance(event.data, QuotaSet):
                    self.held.quotas[AccountId(event.key.id)] = event.data.running
            case Aggregate.MODEL | Aggregate.DATASET:
                pass

    def _apply_task(self, event: Recorded[TaskEvent]) -> None:
        open_task = self.tasks.get(TaskId(event.key.id))
        if open_task is None:
            if not isinstance(event.data, task.Submitted):
                return  # ended, and taken from the board when this scheduler itself appended its end
            owner = self._owners.setdefault(event.owner, event.owner)
            known = Known(TASK.initial, 0)
            open_task = OpenTask(event.key, event.sequence, owner, event.correlation_id, event.id, known)
            self.tasks[open_task.id] = open_task
        if event.sequence > open_task.sequence:
            state = TASK.evolve(open_task.state, event.data, event.time)
            self.learn_task(open_task, Known(state, event.sequence), event.id)

    def _apply_runner(self, event: Recorded[RunnerEvent]) -> None:
        entry = self.runners.setdefault(RunnerId(event.key.id), KnownRunner(event.key, Known(RUNNER.initial, 0)))
        if event.sequence > entry.known.sequence:
            entry.known = Known(RUNNER.evolve(entry.known.state, event.data, event.time), event.sequence)

    def learn_task(self, open_task: OpenTask, known: Known[TaskState], event: EventId | None) -> None:
        """Take over a newer state, from the log or from an append; a task that ended leaves the board."""
        if known.sequence <= open_task.sequence:
            return
        open_task.known = known
        open_task.last_event = event or open_task.last_event
        if known.state.status.ended:
            self.tasks.pop(open_task.id, None)
        self._settle(open_task)
        if known.state.status.ended and self.killers.learn_end(known.state, known.sequence):
            self._place_all_of(open_task.submitted.model_id)

    def _settle(self, entry: OpenTask) -> None:
        """A task that has just come to the state that it has."""
        if entry.status in MOVING:
            self._moving[entry.id] = None
        else:
            self._moving.pop(entry.id, None)
        self._place(entry)

    def _place(self, entry: OpenTask) -> None:
        """Among those that wait, those that runners hold, or neither."""
        if entry.status is Status.QUEUED:
            withheld = self.killers.withhold(entry.submitted.model_id, entry.since)
            self.waiting.put(entry.id, entry.key.platform, entry.owner, entry.since, entry.state, withheld=withheld)
            if len(self.waiting) > _AS_OBJECTS:
                entry.pack()
        else:
            self.waiting.drop(entry.id)
        if entry.running:
            self.held.put(entry.id, entry.owner, entry.runner_id)
        else:
            self.held.drop(entry.id)

    def _place_all_of(self, model: ModelId) -> None:
        """Whoever may take what waits of this model is another question now."""
        for id_ in self.waiting:
            if (entry := self.tasks[id_]).speaks_of(model):
                self._place(entry)

    def promise(self, entry: OpenTask, runner: RunnerId) -> None:
        """The task is on its way to this runner: nobody else gets it, and its slot is taken, before the log says so."""
        entry.unpack()
        self.waiting.drop(entry.id)
        self.held.put(entry.id, entry.owner, runner)

    def settle(self, entry: OpenTask) -> None:
        """What was promised happened or did not: the task has the place again that its state gives it."""
        self._place(entry)

    def running(self) -> Iterator[OpenTask]:
        return (entry for id_ in self.held.tasks() if (entry := self.tasks[id_]).running)

    def running_on(self, runner_id: RunnerId) -> list[OpenTask]:
        return [entry for id_ in self.held.on(runner_id) if (entry := self.tasks[id_]).running]

    def taken_on(self, runner_id: RunnerId) -> int:
        """Slots of a runner that are taken: by what it runs, and by what was promised to it."""
        return self.held.count_on(runner_id)


def suits(entry: KnownRunner, lane: Lane) -> bool:
    """Whether this runner can run what waits in the lane."""
    state = entry.known.state
    return (
        not lane.withheld
        and entry.key.platform == lane.platform
        and entry.offers(lane.engine, lane.driver)
        and lane.runner in {None, entry.id}
        and lane.pool in {None, state.pool}
        and lane.labels <= state.labels
    )


def may_serve(entry: KnownRunner, owner: AccountId) -> bool:
    """Whether this runner may run what the account owns."""
    return entry.known.state.serves(owner)
