"""What happens because time passes: leases end, queues expire, runners fall silent, orders are sent again."""

from collections.abc import Callable
from datetime import datetime

import structlog

from core.domain.decider import RejectedError
from core.domain.runner import Leave
from core.domain.task import Expire, LoseAttempt
from core.events.runner import LeaveReason
from core.events.task import LossReason
from core.nats.log import LogUnavailableError
from core.scheduler.assignment import Assignment
from core.scheduler.board import Board, KnownRunner
from core.scheduler.decisions import Decisions
from core.scheduler.leases import Leases

logger = structlog.get_logger(__name__)


class Timers:
    def __init__(
        self,
        board: Board,
        decisions: Decisions,
        leases: Leases,
        assignment: Assignment,
        now: Callable[[], datetime],
        hears: Callable[[], bool],
    ) -> None:
        """``hears``: whether the broker is there, so that a runner's silence is its own."""
        self._board = board
        self._decisions = decisions
        self._leases = leases
        self._assignment = assignment
        self._now = now
        self._hears = hears

    async def tick(self) -> None:
        self._leases.keep_only(entry.ref for entry in self._board.running())
        if not self._hears():
            self._begin_to_wait_anew()
            return
        for ref in self._leases.ended():
            # The decision before this one may have waited for the log, and beats came meanwhile.
            if (entry := self._board.tasks.get(ref.task)) and self._leases.has_ended(ref):
                logger.warning("lease ended", action="lease_ended", ref=str(ref), runner=str(entry.runner_id))
                await self._decisions.on_task(entry, LoseAttempt(ref.attempt, entry.runner_id, LossReason.LEASE_ENDED))
        for ref in self._leases.orders_due():
            if (entry := self._board.tasks.get(ref.task)) and entry.running:
                await self._assignment.send_order_again(entry)
        for task in self._board.waiting.overdue(self._now()):
            if entry := self._board.tasks.get(task):
                await self._decisions.on_task(entry, Expire())
        for runner in list(self._board.runners.values()):
            await self._look_at(runner)

    async def _look_at(self, runner: KnownRunner) -> None:
        if runner.known.state.stopped:
            await self._take_back(runner)
        if self._silent(runner):
            await self._say_silent(runner)

    async def _take_back(self, runner: KnownRunner) -> None:
        """What a disabled or removed runner holds goes to others; it hears of it by a stop, and by the answer to its next beat."""
        for entry in self._board.running_on(runner.id):
            ref = entry.ref
            await self._decisions.on_task(entry, LoseAttempt(ref.attempt, runner.id, LossReason.RUNNER_STOPPED))
            await self._assignment.send_stop(runner.id, ref)

    def _begin_to_wait_anew(self) -> None:
        """Nobody can be heard: all have a whole lease from when the broker is back, as after a start."""
        self._leases.renew_all()
        for runner in self._board.runners.values():
            runner.heard_at = None

    def _silent(self, runner: KnownRunner) -> bool:
        """After a start every runner has a whole lease to be heard."""
        if runner.heard_at is None:
            runner.heard_at = self._leases.clock()
        return runner.known.state.present and self._leases.clock() - runner.heard_at > self._leases.lease_s

    async def _say_silent(self, runner: KnownRunner) -> None:
        runner.free = 0
        try:
            await self._decisions.on_runner(runner, Leave(LeaveReason.SILENT))
        except (RejectedError, LogUnavailableError) as error:
            logger.warning("silence not recorded", action="silence_unrecorded", runner=str(runner.id), error=str(error))
