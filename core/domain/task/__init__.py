"""The life of a task.

``submitted → queued → started → completed | inspected | failed | cancelled | expired``, with ``attempt_lost → queued`` between. Reports of
attempts that are no longer the current one are kept aside and change nothing.
"""

from core.domain.decider import Decider
from core.domain.task.commands import (
    Cancel,
    Command,
    ConfirmCancelled,
    Expire,
    Finish,
    GiveUp,
    LoseAttempt,
    Queue,
    Reanalyse,
    Start,
    Submit,
)
from core.domain.task.decide import decide, next_step
from core.domain.task.state import MAX_LOSSES, MOVING, Status, TaskState, evolve
from core.events.task import TaskEvent

TASK: Decider[TaskState, Command, TaskEvent] = Decider(TaskState(), decide, evolve)

__all__ = [
    "MAX_LOSSES",
    "MOVING",
    "TASK",
    "Cancel",
    "Command",
    "ConfirmCancelled",
    "Expire",
    "Finish",
    "GiveUp",
    "LoseAttempt",
    "Queue",
    "Reanalyse",
    "Start",
    "Status",
    "Submit",
    "TaskState",
    "decide",
    "evolve",
    "next_step",
]
