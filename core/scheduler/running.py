"""Who holds what, kept so that a choice counts nothing anew. No I/O."""

from collections import Counter
from dataclasses import dataclass, field

from core.events.ids import AccountId, RunnerId, TaskId


@dataclass
class Running:
    """Tasks that runners hold.

    ``served``: when an owner was given a runner last, as a number that only grows; in memory only. ``quotas``: how many of an account may
    run at once, ``most`` where the account has none of its own; None: without end.
    """

    by_owner: Counter[AccountId] = field(default_factory=Counter)
    served: dict[AccountId, int] = field(default_factory=dict)
    quotas: dict[AccountId, int | None] = field(default_factory=dict)
    most: int | None = None
    _on: dict[RunnerId, dict[TaskId, None]] = field(default_factory=dict)
    _holders: dict[TaskId, tuple[RunnerId, AccountId]] = field(default_factory=dict)
    _turn: int = 0

    def __len__(self) -> int:
        return len(self._holders)

    def full(self, owner: AccountId) -> bool:
        """Whether the owner has as many running as may be."""
        own = self.quotas.get(owner)
        most = self.most if own is None else own
        return most is not None and self.by_owner.get(owner, 0) >= most

    def tasks(self) -> list[TaskId]:
        return list(self._holders)

    def on(self, runner: RunnerId) -> list[TaskId]:
        return list(self._on.get(runner, ()))

    def count_on(self, runner: RunnerId) -> int:
        return len(self._on.get(runner, ()))

    def put(self, task: TaskId, owner: AccountId, runner: RunnerId) -> None:
        """A runner holds the task now; saying so again changes nothing."""
        if self._holders.get(task) == (runner, owner):
            return
        self.drop(task)
        self._holders[task] = (runner, owner)
        self._on.setdefault(runner, {})[task] = None
        self.by_owner[owner] += 1
        self._turn += 1
        self.served[owner] = self._turn

    def drop(self, task: TaskId) -> None:
        """Nobody holds it any more, if somebody did."""
        held = self._holders.pop(task, None)
        if held is None:
            return
        runner, owner = held
        del self._on[runner][task]
        if not self._on[runner]:
            del self._on[runner]
        self.by_owner[owner] -= 1
        if not self.by_owner[owner]:
            del self.by_owner[owner]
