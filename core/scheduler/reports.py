"""Runners' reports become events: the schema, the lease and the attempt are checked, then it is appended, then acknowledged."""

from dataclasses import replace

import structlog
from pydantic import ValidationError
from uuid_utils.compat import uuid5

from core.domain.decider import RejectedError
from core.domain.task import Finish, LoseAttempt
from core.events.ids import CommandId, RunnerId
from core.events.subjects import task_key
from core.events.task import LossReason
from core.nats.control import ReportMessage
from core.nats.log import LogUnavailableError
from core.protocol.orders import Abandoned, Report
from core.scheduler.board import Board
from core.scheduler.decisions import Decisions
from core.spans.span import Kind, span
from core.trace import Point

logger = structlog.get_logger(__name__)

_AGAIN_S = 1.0


class Reports:
    def __init__(self, board: Board, decisions: Decisions) -> None:
        self._board = board
        self._decisions = decisions

    async def handle(self, message: ReportMessage) -> None:
        """A report that can never count is dropped with a word in the log; one that cannot count now comes again."""
        try:
            await self._record(message.runner, Report.model_validate_json(message.payload), message.at)
        except (ValidationError, RejectedError) as error:
            logger.warning("report refused", action="report_refused", runner=str(message.runner), error=str(error))
        except LogUnavailableError as error:
            logger.warning("report put off", action="report_put_off", runner=str(message.runner), error=str(error))
            await message.again(_AGAIN_S)
            return
        await message.accept()

    async def _record(self, runner_id: RunnerId, report: Report, at: Point | None) -> None:
        runner = self._board.runners.get(runner_id)
        if runner is None:
            raise RejectedError("runner_unknown", "This runner was never enrolled.")
        if report.result.attempt != report.ref.attempt:
            raise RejectedError("report_inconsistent", f"The report on {report.ref} speaks of another attempt.")
        command, command_id = _command(runner_id, report), _command_id(runner_id, report)
        entry = self._board.tasks.get(report.ref.task)
        if entry is not None and entry.running and entry.ref == report.ref and entry.runner_id == runner_id:
            # A runner may say what its span is, and not whose trace it stands in.
            own = entry.at
            known = own if at is None or at.trace != own.trace else replace(at, recorded=True)
            with span("report", at=known, kind=Kind.CONSUMER, attributes={"mgeprof.id": report.ref.task}):
                await self._decisions.on_task(entry, command, command_id)
        else:  # late, or come again after it was recorded
            await self._decisions.on_history(task_key(runner.key.platform, report.ref.task), command, command_id)


def _command(runner_id: RunnerId, report: Report) -> Finish | LoseAttempt:
    if isinstance(report.result, Abandoned):
        reason = LossReason.RUNNER_STOPPED if report.result.orderly else LossReason.ABANDONED
        return LoseAttempt(report.ref.attempt, runner_id, reason)
    return Finish(runner_id, report.result)


def _command_id(runner_id: RunnerId, report: Report) -> CommandId:
    """Of the report's own id and whose it is: an id that a runner uses twice, or took from another, must not pass for somebody else's."""
    return CommandId(uuid5(report.id, f"{runner_id}.{report.ref}"))
