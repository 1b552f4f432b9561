"""``/tasks/{id}/waiting``: why is it waiting?"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from api.errors.chinese_details import said
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.fleet import names
from api.fleet.reading import may_see
from api.freshness import Fresh
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import reading
from core.events.ids import TaskId
from core.nats.asks import SchedulerSilentError
from core.protocol.waiting import Candidate, Verdict, WaitingAnswer
from projections.runner_board import queries as board

router = router_at("/tasks", tag="tasks")


class Reason(StrEnum):
    NOT_WAITING = "not_waiting"
    MODEL_KILLS_RUNNERS = "model_kills_runners"
    QUOTA = "quota"
    STARTING = "starting"
    RUNNERS_BUSY = "runners_busy"
    RUNNERS_DRAINED = "runners_drained"
    RUNNERS_DISABLED = "runners_disabled"
    RUNNERS_OFFLINE = "runners_offline"
    NOT_GRANTED = "not_granted"
    UNSANDBOXED = "unsandboxed"
    NO_RUNNER = "no_runner"


HELP: Final = {
    Reason.NOT_WAITING: "It does not wait for a runner.",
    Reason.MODEL_KILLS_RUNNERS: "Its model took runners down after the task was submitted. Cancel it; or the model's owner submits another with despite_losses: once that has completed, this one goes on.",
    Reason.QUOTA: "As many of your tasks run as may at once. It goes on when one of them ends.",
    Reason.STARTING: "A runner is free and will take it, unless another task goes first.",
    Reason.RUNNERS_BUSY: "Runners that can take it work on others. It goes on when one is free.",
    Reason.RUNNERS_DRAINED: "Runners that could take it are drained: their owners have to resume them.",
    Reason.RUNNERS_DISABLED: "Runners that could take it are disabled: their owners have to enable them.",
    Reason.RUNNERS_OFFLINE: "Runners that could take it are not there. Start one, or cancel and ask for another device.",
    Reason.NOT_GRANTED: "You may not use the runner any more. Ask its owner for a grant, or cancel and ask for another device.",
    Reason.UNSANDBOXED: "Runners that could take it have no sandbox, and take only their owners' tasks. Their owners have to install bubblewrap; or cancel and ask for another device.",
    Reason.NO_RUNNER: "No runner is as asked for. Cancel, and ask for another engine, label or device.",
}
_BY_VERDICT: Final = (
    (Verdict.IDLE, Reason.STARTING),
    (Verdict.BUSY, Reason.RUNNERS_BUSY),
    (Verdict.OFFLINE, Reason.RUNNERS_OFFLINE),
    (Verdict.DRAINED, Reason.RUNNERS_DRAINED),
    (Verdict.DISABLED, Reason.RUNNERS_DISABLED),
    (Verdict.UNSANDBOXED, Reason.UNSANDBOXED),
    (Verdict.NOT_GRANTED, Reason.NOT_GRANTED),
)


class CandidateResource(BaseModel):
    """``verdict``: the first thing that keeps this runner from taking the task now."""

    runner: UUID
    name: str
    verdict: Verdict
    running: int
    slots: int


class WaitingResource(BaseModel):
    """``position``: about which place it has among all that the same runners could take, from 1; null when it does not wait.

    ``runners``: those of its platform that you may see.
    """

    reason: Reason
    help: str
    position: int | None
    ahead: int
    own_ahead: int
    runners: list[CandidateResource]


@router.get(
    "/{task_id}/waiting",
    dependencies=[Fresh],
    responses=documented("task_unknown", "scheduler_silent", "not_fresh_yet"),
)
async def explain_waiting(task_id: UUID, viewer: Looking, parts: PartsOf) -> WaitingResource:
    """Why is it waiting? The scheduler's own answer of this moment: its place, and what the runners do that could take it."""
    await reading.visible_key(parts, viewer, task_id)
    try:
        answer = await parts.scheduler.waiting(TaskId(task_id))
    except SchedulerSilentError as error:
        raise RefusedError("scheduler_silent", "The scheduler did not answer in time.") from error
    reason = reason_of(answer)
    return WaitingResource(
        reason=reason,
        help=said(HELP[reason]),
        position=answer.ahead + 1 if answer.waits else None,
        ahead=answer.ahead,
        own_ahead=answer.own_ahead,
        runners=[] if viewer.identity is None else await _visible(parts, viewer.identity, answer.candidates),
    )


def reason_of(answer: WaitingAnswer) -> Reason:
    """The best that any runner can say for itself."""
    if not answer.waits:
        return Reason.NOT_WAITING
    if answer.withheld:
        return Reason.MODEL_KILLS_RUNNERS
    if answer.quota is not None:
        return Reason.QUOTA
    verdicts = {one.verdict for one in answer.candidates}
    return next((reason for verdict, reason in _BY_VERDICT if verdict in verdicts), Reason.NO_RUNNER)


async def _visible(parts: Parts, caller: Identity, candidates: tuple[Candidate, ...]) -> list[CandidateResource]:
    async with parts.pool.acquire() as connection:
        seen = {one.runner.id: one.runner for one in await board.runners(connection) if may_see(caller, one.runner)}
        named = await names.of(connection, {row.id: row.platform for row in seen.values()})
    return [
        CandidateResource(
            runner=one.runner, name=named[one.runner], verdict=one.verdict, running=one.running, slots=one.slots
        )
        for one in candidates
        if one.runner in seen
    ]
