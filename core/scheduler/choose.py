"""Which task a free runner gets.

Inspections first, then the owner with the fewest running, then the one who was served longest ago, then the oldest. Pure, and as quick for a
hundred thousand tasks as for ten: it looks at one head for each lane and owner.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import itemgetter

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
    serves_all = runner.known.state.serves_all
    queues = [
        queue
        for lane, by_owner in waiting.lanes.items()
        if suits(runner, lane)
        for owner, queue in by_owner.items()
        if (serves_all or may_serve(runner, owner))
        and not running.full(owner)
        and (lane.lost_by != runner.id or not _better_elsewhere(lane, queue, runner, others))
    ]
    if not queues:
        return None
    ranked = [(_rank(queue, running), queue) for queue in queues]
    rank, chosen = min(ranked, key=itemgetter(0))
    count = sum(map(len, queues))
    return Choice(chosen.head.task, _reason(rank, ranked, count), count)


def _better_elsewhere(lane: Lane, queue: Queue, runner: KnownRunner, others: Collection[KnownRunner]) -> bool:
    """A runner that beats but never takes its orders would fail an innocent task all by itself."""
    return any(
        other is not runner and other.usable and suits(other, lane) and may_serve(other, queue.owner)
        for other in others
    )


_Rank = tuple[bool, tuple[int, int], int]


def _rank(queue: Queue, running: Running) -> _Rank:
    head = queue.head
    return (head.profile, _share(queue, running), head.since)


def _share(queue: Queue, running: Running) -> tuple[int, int]:
    """With a single runner nobody runs anything when it is free: then turns decide, and a thousand tasks of one hold up nobody."""
    return running.by_owner.get(queue.owner, 0), running.served.get(queue.owner, 0)


def _reason(chosen: _Rank, ranked: Sequence[tuple[_Rank, Queue]], waiting: int) -> ChoiceReason:
    """The first rule that told the chosen task from another one."""
    if waiting == 1:
        return ChoiceReason.ONLY
    profile, share, _since = chosen
    if not profile and sum(queue.inspections for _, queue in ranked) < waiting:
        return ChoiceReason.INSPECTION_FIRST
    if any(rival[1] > share for rival, _ in ranked if rival[0] == profile):
        return ChoiceReason.FAIR_SHARE
    return ChoiceReason.OLDEST
