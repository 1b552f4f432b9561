"""Which task a free runner gets: inspections first, then the owner with the fewest running, then the oldest. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.events.ids import AccountId
from core.events.task import ChoiceReason, TaskKind
from core.scheduler.board import KnownRunner, OpenTask, may_take


@dataclass(frozen=True)
class Choice:
    """``waiting``: how many tasks the runner could have taken, the chosen one included."""

    task: OpenTask
    reason: ChoiceReason
    waiting: int


def choose(
    queued: Iterable[OpenTask],
    runner: KnownRunner,
    running_by_owner: Mapping[AccountId, int],
    others: Collection[KnownRunner] = (),
) -> Choice | None:
    """The task for this runner, or None when nothing that waits is for it. The order of ``queued`` does not matter.

    What ``runner`` itself lost last waits for one of ``others``, if there is one that can take it.
    """
    candidates = [entry for entry in queued if may_take(runner, entry) and not _better_elsewhere(entry, runner, others)]
    if not candidates:
        return None
    chosen = min(candidates, key=lambda entry: _rank(entry, running_by_owner))
    return Choice(chosen, _reason(chosen, candidates, running_by_owner), len(candidates))


def _better_elsewhere(entry: OpenTask, runner: KnownRunner, others: Collection[KnownRunner]) -> bool:
    """A runner that beats but never takes its orders would fail an innocent task all by itself."""
    lost_here = entry.state.attempt > 0 and entry.runner_id == runner.id
    return lost_here and any(other is not runner and other.usable and may_take(other, entry) for other in others)


def _rank(entry: OpenTask, running_by_owner: Mapping[AccountId, int]) -> tuple[bool, int, int]:
    return (entry.submitted.kind is not TaskKind.INSPECT, running_by_owner.get(entry.owner, 0), entry.since)


def _reason(chosen: OpenTask, candidates: list[OpenTask], running_by_owner: Mapping[AccountId, int]) -> ChoiceReason:
    """The first rule that told the chosen task from another one."""
    others = [entry for entry in candidates if entry is not chosen]
    if not others:
        return ChoiceReason.ONLY
    if chosen.submitted.kind is TaskKind.INSPECT and any(
        entry.submitted.kind is not TaskKind.INSPECT for entry in others
    ):
        return ChoiceReason.INSPECTION_FIRST
    mine = running_by_owner.get(chosen.owner, 0)
    if any(running_by_owner.get(entry.owner, 0) > mine for entry in others):
        return ChoiceReason.FAIR_SHARE
    return ChoiceReason.OLDEST
