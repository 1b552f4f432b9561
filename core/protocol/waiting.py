"""Why a task waits: asked of the scheduler, which alone knows the queues."""

from enum import StrEnum

from core.events.ids import RunnerId, TaskId
from core.events.values import Count, Frozen


class Verdict(StrEnum):
    """What keeps a runner of the task's platform from taking it now, the first of these that does."""

    OTHER_ASKED = "other_asked"
    """The task asked for another runner."""
    NO_ENGINE = "no_engine"
    WRONG_POOL = "wrong_pool"
    LABELS_MISSING = "labels_missing"
    NOT_GRANTED = "not_granted"
    UNSANDBOXED = "unsandboxed"
    """It has no sandbox, and so takes only its owner's tasks."""
    DISABLED = "disabled"
    DRAINED = "drained"
    OFFLINE = "offline"
    BUSY = "busy"
    """It could, and works on others."""
    IDLE = "idle"
    """It could, and is free: it will, unless another task goes first."""


class WaitingQuestion(Frozen):
    task: TaskId


class Candidate(Frozen):
    runner: RunnerId
    verdict: Verdict
    running: Count
    slots: Count


class WaitingAnswer(Frozen):
    """``ahead``: about how many tasks go first where turns are taken as they stand; ``own_ahead`` of those are the owner's.

    ``quota``: how many of the owner's may run at once, when that is what holds the task back. ``withheld``: its model took runners down since it was submitted.
    ``waits`` is false for one that is not queued.
    """

    waits: bool
    ahead: Count = 0
    own_ahead: Count = 0
    quota: Count | None = None
    withheld: bool = False
    candidates: tuple[Candidate, ...] = ()
