"""What follows from a command, in the state that a task is in."""

from datetime import datetime

from core.domain import grouping as grouped
from core.domain import ownership
from core.domain.decider import RejectedError
from core.domain.grouping import ChangeTags, File, GroupingCommand
from core.domain.ownership import Delete, DeleteFiles, OwnershipCommand
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
from core.domain.task.state import MAX_LOSSES, RUNNING, WAITING, Status, TaskState
from core.domain.told import Told
from core.events import task
from core.events.failure import FailureKind
from core.events.ids import RunnerId
from core.events.task import TaskEvent


def decide(state: TaskState, command: Command, now: datetime) -> TaskEvent | None:
    """Raises RejectedError with the codes ``task_exists``, ``task_ended``, ``task_not_waiting``, ``wrong_attempt``, ``not_your_attempt``, ``wrong_result``, ``task_not_ended``, ``no_profile``, ``too_many_tags``."""
    if isinstance(command, Submit):
        if state.status is not Status.NEW:
            raise RejectedError("task_exists", "This task was submitted already.")
        return command.fact
    if state.status is Status.NEW or (state.custody.deleted and not isinstance(command, Delete)):
        raise RejectedError("task_unknown", "There is no such task.")
    match command:
        case Finish():
            return _finish(state, command)
        case Queue():
            return _queue(state)
        case Start():
            return _start(state, command)
        case Cancel():
            return _cancel(state)
        case ConfirmCancelled() | GiveUp():
            return _end_lost(state, command)
        case Expire():
            return _expire(state, now)
        case LoseAttempt():
            return _lose(state, command)
        case Reanalyse():
            return _reanalyse(state, command.fact)
        case _:
            return _own(state, command)


def _own(state: TaskState, command: OwnershipCommand | GroupingCommand) -> TaskEvent | None:
    if isinstance(command, File | ChangeTags):
        return grouped.decide(state.grouping, command)
    if isinstance(command, Delete | DeleteFiles) and not state.status.ended:
        raise RejectedError(
            "task_not_ended", Told("The task is {status}. Cancel it first, then delete.", status=state.status.value)
        )
    return ownership.decide(state.custody, command)


def _queue(state: TaskState) -> task.Queued | None:
    if state.status is Status.SUBMITTED:
        return task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)
    if state.status is Status.LOST and not state.cancel_requested and state.losses < MAX_LOSSES:
        return task.Queued(attempt=state.attempt + 1, reason=task.QueueReason.ATTEMPT_LOST)
    return None


def _start(state: TaskState, command: Start) -> task.Started:
    if state.status is not Status.QUEUED:
        raise RejectedError(
            "task_not_waiting", Told("The task is {status}, it does not wait for a runner.", status=state.status)
        )
    if command.fact.attempt != state.attempt + 1:
        raise RejectedError(
            "wrong_attempt",
            Told(
                "The next attempt is {next_attempt}, not {attempt}.",
                next_attempt=state.attempt + 1,
                attempt=command.fact.attempt,
            ),
        )
    return command.fact


def _finish(state: TaskState, command: Finish) -> TaskEvent:
    fact = command.fact
    if not 1 <= fact.attempt <= state.attempt or state.runners[fact.attempt - 1] != command.runner_id:
        raise RejectedError(
            "not_your_attempt",
            Told(
                "Attempt {attempt} was never given to runner {runner_id}.",
                attempt=fact.attempt,
                runner_id=command.runner_id,
            ),
        )
    if fact.attempt == state.attempt and state.status in RUNNING:
        if isinstance(fact, task.Cancelled) and not state.cancel_requested:
            return _lost(fact.attempt, command.runner_id)  # the runner stopped it on a mistaken hint: the task goes on
        _check_result(state, fact)
        return fact
    return task.LateReportKept(attempt=fact.attempt, runner_id=command.runner_id, artifacts=fact.artifacts)


def _check_result(state: TaskState, fact: TaskEvent) -> None:
    """A profile is completed, an inspection is inspected, and nothing else is a result."""
    kind = state.submitted.kind if state.submitted else None
    right = {task.TaskKind.PROFILE: task.Completed, task.TaskKind.INSPECT: task.Inspected}
    if isinstance(fact, task.Completed | task.Inspected) and (kind is None or not isinstance(fact, right[kind])):
        raise RejectedError(
            "wrong_result", Told("A task of the kind {kind} does not end with {type}.", kind=kind, type=fact.type)
        )


def _cancel(state: TaskState) -> task.Cancelled | task.CancelRequested | None:
    if state.status in {Status.CANCELLING, Status.CANCELLED}:
        return None
    if state.status.ended:
        raise RejectedError(
            "task_ended",
            Told("The task has ended already: {status}. There is nothing left to cancel.", status=state.status.value),
        )
    if state.status in WAITING:
        return task.Cancelled(attempt=state.attempt)
    return task.CancelRequested()


def _end_lost(state: TaskState, command: ConfirmCancelled | GiveUp) -> task.Cancelled | task.Failed | None:
    """Of a task that shall not run again after its attempt was lost."""
    if state.status is not Status.LOST:
        return None
    if isinstance(command, GiveUp):
        return task.Failed(attempt=state.attempt, kind=FailureKind.RUNNER_LOST)
    return task.Cancelled(attempt=state.attempt) if state.cancel_requested else None


def _expire(state: TaskState, now: datetime) -> task.Expired | None:
    if state.status is not Status.QUEUED or state.queued_at is None or state.submitted is None:
        return None
    waited_s = (now - state.queued_at).total_seconds()
    if waited_s < state.submitted.options.queue_limit_s:
        return None
    return task.Expired(waited_s=waited_s)


def _lost(attempt: int, runner_id: RunnerId) -> task.AttemptLost:
    return task.AttemptLost(attempt=attempt, runner_id=runner_id, reason=task.LossReason.ABANDONED)


def _lose(state: TaskState, command: LoseAttempt) -> task.AttemptLost | None:
    if state.status not in RUNNING or command.attempt != state.attempt or state.runners[-1] != command.runner_id:
        return None
    return task.AttemptLost(attempt=command.attempt, runner_id=command.runner_id, reason=command.reason)


def _reanalyse(state: TaskState, fact: task.Reanalysed) -> task.Reanalysed | None:
    if not state.analyser:
        raise RejectedError(
            "no_profile", Told("The task is {status}; it has no profile to analyse again.", status=state.status.value)
        )
    return fact if fact.analyser > state.analyser else None


def next_step(state: TaskState) -> Command | None:
    """What the control plane has to decide next without being asked, if anything."""
    match state.status:
        case Status.SUBMITTED:
            return Queue()
        case Status.LOST if state.cancel_requested:
            return ConfirmCancelled()
        case Status.LOST if state.losses >= MAX_LOSSES:
            return GiveUp()
        case Status.LOST:
            return Queue()
        case _:
            return None
