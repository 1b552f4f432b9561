"""``/sweeps``."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response, status

from api.access import Caller
from api.accounts.pace import PacedSubmit
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.sharing.looking import LookingAround
from api.sweeps import matrix, table, whole
from api.sweeps.resources import Metric, NewSweep, SweepChange, SweepPage, SweepResource
from api.sweeps.seeing import seen
from api.sweeps.submit import submit
from api.sweeps.table import Sweep
from api.visibility import Viewer, Whose, reach
from core.domain.ownership import ChangeVisibility
from core.domain.task import Cancel
from core.events.ids import CommandId, TaskId, new_id
from core.events.subjects import task_key
from projections.paging import MAX_LIMIT, Cursors

router = router_at("/sweeps", tag="sweeps")

_CURSORS: Final = Cursors(UUID)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[PacedSubmit],
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The sweep; all of its tasks stand in the log and will end."},
        **documented(
            "invalid_request",
            "model_unknown",
            "model_kills_runners",
            "input_unknown",
            "bad_input",
            "dataset_unknown",
            "project_unknown",
            "project_archived",
            "platform_unknown",
            "engine_unknown",
            "option_unsupported",
            "idempotency_key_reused",
            "rate_limited",
            "broker_unavailable",
            "storage_unavailable",
        ),
    },
)
async def submit_sweep(
    new: NewSweep, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> SweepResource:
    """Have a model measured on every platform with every engine and option set: all of these tasks, or none."""
    sweep, sequence = await submit(parts, caller, new, key)
    described = await _described(parts, sweep)
    response.headers["Location"] = described.url
    tell_sequence(response, sequence)
    return described


@router.get("", dependencies=[Fresh], responses=documented("invalid_request", "invalid_cursor", "not_fresh_yet"))
async def list_sweeps(
    caller: Caller,
    parts: PartsOf,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query()] = None,
    whose: Whose = Whose.MINE,
) -> SweepPage:
    """Your sweeps, or with `whose=anyone` all of which you may see a task, newest first."""
    after = None if cursor is None else _CURSORS.read(cursor)
    found = await table.page(parts.pool, reach(caller, whose), limit + 1, after)
    shown = found[:limit]
    figures = await table.figures(parts.pool, [point.task_id for sweep in shown for point in sweep.points])
    return SweepPage(
        items=[
            matrix.summary(parts.settings.api_url, mine, figures)
            for sweep in shown
            if (mine := seen(sweep, figures, Viewer(caller))) is not None
        ],
        next_cursor=_CURSORS.write(shown[-1].id) if len(found) > limit else None,
    )


@router.get("/{sweep_id}", dependencies=[Fresh], responses=documented("sweep_unknown", "not_fresh_yet"))
async def get_sweep(
    sweep_id: UUID,
    viewer: LookingAround,
    parts: PartsOf,
    metric: Annotated[
        Metric | None,
        Query(description="What the best cell is judged by; `throughput` under a latency limit, else `latency_p50`."),
    ] = None,
    latency_limit_s: Annotated[
        float | None, Query(gt=0, allow_inf_nan=False, description="The best cell's median latency is at most this.")
    ] = None,
) -> SweepResource:
    """A sweep as a matrix: what differs between its tasks, and what each has measured so far."""
    return await _described(parts, await whole.visible(parts, viewer, sweep_id), metric, latency_limit_s)


@router.post(
    "/{sweep_id}/cancel",
    status_code=status.HTTP_202_ACCEPTED,
    responses={
        202: {"headers": SEQUENCE_HEADER, "description": "The sweep; those of its tasks that run are being stopped."},
        **documented("sweep_unknown", "not_yours", "broker_unavailable"),
    },
)
async def cancel_sweep(
    sweep_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> SweepResource:
    """Give up every task of a sweep that has not ended. Asking twice is asking once."""
    sweep = await whole.changeable(parts, caller, sweep_id)
    command = command_id(caller, f"POST /sweeps/{sweep_id}/cancel", key)
    tell_sequence(response, await _tell_all(parts, caller, sweep, Cancel(), command))
    return await _described(parts, sweep)


@router.patch(
    "/{sweep_id}",
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "The sweep as it is now."},
        **documented("sweep_unknown", "not_yours", "broker_unavailable", "not_fresh_yet"),
    },
)
async def change_sweep(
    sweep_id: UUID, change: SweepChange, caller: Caller, parts: PartsOf, response: Response
) -> SweepResource:
    """Show all tasks of a sweep to the team, or to nobody else. What is not given stays as it is."""
    sweep = await whole.changeable(parts, caller, sweep_id)
    if change.visibility is not None:
        command = CommandId(new_id())
        sequence = await _tell_all(parts, caller, sweep, ChangeVisibility(change.visibility), command)
        tell_sequence(response, sequence)
        if not await parts.position.reached(sequence, parts.settings.api_freshness_s):
            raise RefusedError("not_fresh_yet", "It is done, and will show in a moment.")
    return await _described(parts, sweep)


async def _tell_all(
    parts: Parts, caller: Identity, sweep: Sweep, what: Cancel | ChangeVisibility, command: CommandId
) -> int:
    tasks = [task_key(point.platform, TaskId(point.task_id)) for point in sweep.points]
    return await whole.tell(parts, caller, sweep.owner, tasks, what, command)


async def _described(
    parts: Parts, sweep: Sweep, metric: Metric | None = None, latency_limit_s: float | None = None
) -> SweepResource:
    found = await table.figures(parts.pool, [point.task_id for point in sweep.points])
    return matrix.resource(parts.settings.api_url, sweep, found, metric, latency_limit_s)
