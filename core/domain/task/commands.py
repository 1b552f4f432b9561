"""What can be asked of a task."""

from dataclasses import dataclass

from core.domain.grouping import GroupingCommand
from core.domain.ownership import OwnershipCommand
from core.events import task
from core.events.ids import RunnerId


@dataclass(frozen=True)
class Submit:
    fact: task.Submitted


@dataclass(frozen=True)
class Queue:
    pass


@dataclass(frozen=True)
class Start:
    fact: task.Started


@dataclass(frozen=True)
class Finish:
    """A runner's report on its attempt."""

    runner_id: RunnerId
    fact: task.Completed | task.Inspected | task.Failed | task.Cancelled


@dataclass(frozen=True)
class GiveUp:
    """Too many attempts were lost."""


@dataclass(frozen=True)
class Cancel:
    pass


@dataclass(frozen=True)
class ConfirmCancelled:
    """Nothing runs any more of a task that was to be cancelled."""


@dataclass(frozen=True)
class Expire:
    pass


@dataclass(frozen=True)
class LoseAttempt:
    attempt: int
    runner_id: RunnerId
    reason: task.LossReason


@dataclass(frozen=True)
class Reanalyse:
    """A newer analyser has read the raw profiles again."""

    fact: task.Reanalysed


Command = (
    Submit
    | Queue
    | Start
    | Finish
    | GiveUp
    | Cancel
    | ConfirmCancelled
    | Expire
    | LoseAttempt
    | Reanalyse
    | OwnershipCommand
    | GroupingCommand
)
