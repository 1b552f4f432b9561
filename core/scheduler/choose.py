"""Which task a free runner gets.

Inspections first, then the owner with the fewest running, then the one who was served longest ago, then the oldest. Pure, and as quick for a
hundred thousand tasks as for ten: it looks at one head for each lane and owner.
"""

from collections.abc import Collection
from dataclasses import dataclass

from core.events.ids import TaskId
from core.events.task import ChoiceReason
from core.scheduler.board import KnownRunner, may_serve, suits
from core.scheduler.running import Running
from core.scheduler.waiting import Lane, Queue, Waiting


@dataclass(frozen=True)
class Choice:
    """``waiting``: how many tasks the runner could have taken, the chosen one included."""

    task: TaskId
    reason: ChoiceReason
    waiting: int


def choose(
    waiting: Waiting, runner: KnownRunner, running: Running, others: Collection[KnownRunner] = ()
) -> Choice | None:
    """The task for this runner, or None when nothing that waits is for it.

    What ``runner`` itself lost last waits for one of ``others``, if there is one that can take it.
    """
    queues = [
        queue
        for lane, by_owner in waiting.lanes.items()
        if suits(runner, lane)
        for queue in by_owner.values()
        if may_serve(runner, queue.owner)
        and not running.full(queue.owner)
        and not _better_elsewhere(lane, queue, runner, others)
    ]
    if not queues:
        return None
    chosen = min(queues, key=lambda queue: _rank(queue, running))
    return Choice(chosen.head.task, _reason(chosen, queues, running), sum(map(len, queues)))


def _better_elsewhere(lane: Lane, queue: Queue, runner: KnownRunner, others: Collection[KnownRunner]) -> bool:
    """A runner that beats but never takes its orders would fail an innocent task all by itself."""
    return lane.lost_by == runner.id and any(
        other is not runner and other.usable and suits(other, lane) and may_serve(other, queue.owner)
        for other in others
    )


def _rank(queue: Queue, running: Running) -> tuple[bool, tuple[int, int], int]:
    return (queue.head.profile, _share(queue, running), queue.head.since)


def _share(queue: Queue, running: Running) -> tuple[int, int]:
    """With a single runner nobody runs anything when it is free: then turns decide, and a thousand tasks of one hold up nobody."""
    return running.by_owner.get(queue.owner, 0), running.served.get(queue.owner, 0)


def _reason(chosen: Queue, queues: list[Queue], running: Running) -> ChoiceReason:
    """The first rule that told the chosen task from another one."""
    waiting = sum(map(len, queues))
    if waiting == 1:
        return ChoiceReason.ONLY
    if not chosen.head.profile and sum(queue.inspections for queue in queues) < waiting:
        return ChoiceReason.INSPECTION_FIRST
    rivals = (queue for queue in queues if queue.head.profile == chosen.head.profile)
    if any(_share(queue, running) > _share(chosen, running) for queue in rivals):
        return ChoiceReason.FAIR_SHARE
    return ChoiceReason.OLDEST
