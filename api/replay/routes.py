"""``/tasks/{id}/replay`` and ``/tasks/{id}/fleet``: how it was, from the log itself."""

from typing import Annotated, Final, cast
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime

from api.access import Caller
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.fleet.reading import may_see
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.replay.resources import Choice, FleetRunner, FleetThen, Replay, replay
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import reading
from api.visibility import Viewer
from core.domain.replay import BEFORE_ALL, Moment, steps, until
from core.domain.task import TASK, Status
from core.domain.told import Told
from core.events import task
from core.events.envelope import Recorded
from core.events.ids import Aggregate
from core.events.task import TaskEvent
from core.postgres.queries import Queries
from projections.runner_board.fold import RUNNER_BOARD

router = router_at("/tasks", tag="events")

_SQL: Final = Queries.beside(__file__)

SinceSequence = Annotated[int | None, Query(ge=0, description="Begin after this place in the log; 0: before all.")]
SinceTime = Annotated[AwareDatetime | None, Query(description="Begin after this time.")]
UntilSequence = Annotated[
    int | None, Query(ge=0, description="Stop after this place in the log, whatever stands there.")
]
UntilTime = Annotated[AwareDatetime | None, Query(description="Stop after this time.")]


@router.get("/{task_id}/replay", responses=documented("task_unknown", "broker_unavailable"))
async def replay_task(
    task_id: UUID,
    viewer: Looking,
    parts: PartsOf,
    since_sequence: SinceSequence = None,
    since_time: SinceTime = None,
    until_sequence: UntilSequence = None,
    until_time: UntilTime = None,
) -> Replay:
    """The task at any moment, what every event changed, and the difference between two moments.

    The state is folded from the log by the same code that every decision is made with. Without a beginning it is everything from before the first event, without an end
    everything until now. Of a sequence and a time the earlier counts.
    """
    history = await _history(parts, viewer, task_id)
    then = until(history, Moment(until_sequence, until_time))
    since = BEFORE_ALL if since_sequence is None and since_time is None else Moment(since_sequence, since_time)
    before = until(then, since)
    made = list(steps(TASK, then))[len(before) :]
    return replay(made, TASK.fold(before), more=len(history) - len(then))


@router.get("/{task_id}/fleet", responses=documented("task_unknown", "attempt_unknown", "broker_unavailable"))
async def fleet_then(
    task_id: UUID,
    caller: Caller,
    parts: PartsOf,
    attempt: Annotated[int | None, Query(ge=1, description="Which attempt; the last one by default.")] = None,
    sequence: Annotated[
        int | None,
        Query(ge=0, description="Instead: right after the last event of the task up to this place in the log."),
    ] = None,
) -> FleetThen:
    """The runners as the log has them right before an attempt began, or after an event, and why the attempt was given to the one that got it. Shows the runners that you may see today."""
    history = await _history(parts, Viewer(caller), task_id)
    if sequence is not None:
        return await _after(parts, caller, until(history, Moment(sequence)), sequence)
    begun = [event for event in history if isinstance(event.data, task.Started)]
    if not begun or (attempt or 1) > len(begun):
        told = Told("Attempt {attempt} of task {task} has not begun.", attempt=attempt or 1, task=task_id)
        raise RefusedError("attempt_unknown", told)
    event = begun[(attempt or len(begun)) - 1]
    choice = _choice(event)
    return FleetThen(choice=choice, runners=await _fleet(parts, caller, event, choice))


async def _after(parts: Parts, caller: Identity, then: list[Recorded[TaskEvent]], sequence: int) -> FleetThen:
    """Raises RefusedError with ``attempt_unknown`` before the task's first event."""
    if not then:
        told = Told("Nothing had happened to the task by place {sequence} in the log.", sequence=sequence)
        raise RefusedError("attempt_unknown", told)
    running = TASK.fold(then).status in {Status.RUNNING, Status.CANCELLING}
    begun = [event for event in then if isinstance(event.data, task.Started)]
    choice = _choice(begun[-1]) if running else None
    return FleetThen(choice=choice, runners=await _fleet(parts, caller, then[-1], choice))


async def _history(parts: Parts, viewer: Viewer, task_id: UUID) -> list[Recorded[TaskEvent]]:
    history = await parts.log.history(await reading.visible_key(parts, viewer, task_id))
    if not history:
        raise reading.unknown(task_id)
    return cast("list[Recorded[TaskEvent]]", history)


def _choice(event: Recorded[TaskEvent]) -> Choice:
    fact = event.data
    assert isinstance(fact, task.Started)  # noqa: S101 - filtered by the caller
    return Choice(
        attempt=fact.attempt,
        runner=fact.runner_id,
        reason=fact.reason,
        waiting=fact.waiting,
        beat_age_s=fact.beat_age_s,
        sequence=event.sequence,
        time=event.time,
    )


async def _fleet(
    parts: Parts, caller: Identity, event: Recorded[TaskEvent], choice: Choice | None
) -> list[FleetRunner]:
    """At the time of an event, in the order of enrolment."""
    await parts.position.reached(event.sequence, parts.settings.api_freshness_s)
    rows = await parts.pool.fetch(_SQL["running_then"], event.time, event.key.id)
    running = {row["runner"]: row["running"] for row in rows}
    events = await parts.log.histories(Aggregate.RUNNER)
    today = RUNNER_BOARD.fold({}, events)
    then = RUNNER_BOARD.fold({}, until(events, Moment(sequence=event.sequence)))
    return [
        FleetRunner.of(row, running=running.get(id_, 0), chosen=choice is not None and id_ == choice.runner)
        for id_, row in then.items()
        if may_see(caller, today[id_])
    ]
