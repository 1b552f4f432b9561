"""Carrying out the scheduler's own decisions, and remembering on the board what came of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import structlog

from core.domain import model as model_domain
from core.domain import runner as runner_domain
from core.domain import task as task_domain
from core.domain.decider import RejectedError
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import AccountId, CommandId, event_id_of, new_id
from core.events.subjects import AggregateKey
from core.events.task import TaskEvent
from core.nats.execute import execute, load
from core.nats.log import EventLog, LogUnavailableError
from core.scheduler.board import Board, KnownRunner
from core.scheduler.open_task import OpenTask

T = TypeVar("T")
logger = structlog.get_logger(__name__)

CONTROL_PLANE = UUID(int=0)
"""Actor of what the control plane decides by itself, and owner of what belongs to nobody."""

_RETRY_S = 0.5


class Decisions:
    def __init__(self, log: EventLog, board: Board, now: Callable[[], datetime]) -> None:
        self._log = log
        self._board = board
        self._now = now

    async def on_task(
        self, entry: OpenTask, command: task_domain.Command, command_id: CommandId | None = None
    ) -> TaskEvent | None:
        """Decide on a task of the board and append, asking again under the same id while the log is not there.

        None: nothing was to be done, or somebody else had moved the task on meanwhile; the board then knows the newer state.
        """
        origin = Origin(
            command_id=command_id or CommandId(new_id()),
            owner=entry.owner,
            actor=CONTROL_PLANE,
            correlation_id=entry.correlation_id,
            causation_id=entry.last_event,
        )
        # Of the state from before the first try: by a later one the board may hold this very decision, whose answer was lost.
        known = entry.known
        try:
            outcome = await self.patiently(
                lambda: execute(self._log, task_domain.TASK, entry.key, command, origin, self._now, known)
            )
        except RejectedError as error:
            logger.info("decision overtaken", action="overtaken", task=str(entry.id), code=error.code)
            newer = await self.patiently(lambda: load(self._log, task_domain.TASK, entry.key))
            self._board.learn_task(entry, newer, None)
            return None
        self._board.learn_task(entry, outcome.known, event_id_of(origin.command_id))
        return outcome.fact

    async def on_history(self, key: AggregateKey, command: task_domain.Command, command_id: CommandId) -> None:
        """Decide on what the log holds, not the board, unless the command was carried out before. Raises RejectedError or LogUnavailableError."""
        history = await self._log.history(key)
        if not history:
            raise RejectedError("task_unknown", "There is no such task.")
        last = history[-1]
        origin = Origin(command_id, last.owner, CONTROL_PLANE, last.correlation_id, last.id)
        await execute(self._log, task_domain.TASK, key, command, origin, self._now)

    async def on_model(
        self, key: AggregateKey, command: model_domain.Command, cause: Recorded[Fact], command_id: CommandId
    ) -> None:
        """Decide on the model of a task of the same owner. Raises RejectedError."""
        origin = Origin(command_id, cause.owner, CONTROL_PLANE, cause.correlation_id, cause.id)
        await self.patiently(lambda: execute(self._log, model_domain.MODEL, key, command, origin, self._now))

    async def on_runner(self, entry: KnownRunner, command: runner_domain.Command) -> None:
        """Raises RejectedError or LogUnavailableError: a runner's call is answered or made again."""
        outcome = await execute(
            self._log, runner_domain.RUNNER, entry.key, command, self._runner_origin(entry.key), self._now, entry.known
        )
        if outcome.known.sequence > entry.known.sequence:
            entry.known = outcome.known

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again while the log is not there."""
        while True:
            try:
                return await ask()
            except LogUnavailableError as error:
                logger.warning("the log is not there", action="log_unavailable", error=str(error))
                await asyncio.sleep(_RETRY_S)

    def _runner_origin(self, key: AggregateKey) -> Origin:
        command_id = CommandId(new_id())
        return Origin(command_id=command_id, owner=AccountId(CONTROL_PLANE), actor=key.id, correlation_id=command_id)
