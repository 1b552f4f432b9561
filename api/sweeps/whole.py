"""A sweep as a whole: finding it as somebody may see it, and telling something to all of its tasks."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from api.commands import now, origin
from api.errors.problem import RefusedError
from api.identity import Identity
from api.parts import Parts
from api.sweeps import table
from api.sweeps.seeing import seen
from api.sweeps.table import Sweep
from api.visibility import Viewer, may_change
from core.domain.decider import RejectedError
from core.domain.ownership import ChangeVisibility, RevokeShare, Share
from core.domain.task import TASK, Cancel
from core.domain.told import Told
from core.events.ids import AccountId, CommandId
from core.events.subjects import AggregateKey
from core.nats.execute import execute


async def visible(parts: Parts, viewer: Viewer, sweep_id: UUID) -> Sweep:
    """With those of its tasks that the viewer may see. Raises RefusedError with ``sweep_unknown``."""
    found = await table.find(parts.pool, sweep_id)
    figures = {} if found is None else await table.figures(parts.pool, [point.task_id for point in found.points])
    shown = None if found is None else seen(found, figures, viewer)
    if shown is None:
        raise RefusedError("sweep_unknown", Told("There is no sweep {sweep_id}.", sweep_id=sweep_id))
    return shown


async def changeable(parts: Parts, caller: Identity, sweep_id: UUID) -> Sweep:
    """Raises RefusedError with ``sweep_unknown`` or ``not_yours``."""
    sweep = await visible(parts, Viewer(caller), sweep_id)
    if not may_change(caller, sweep.owner):
        what = f"Sweep {sweep_id}"
        raise RefusedError("not_yours", Told("{what} belongs to somebody else; you may look at it.", what=what))
    return sweep


async def tell(
    parts: Parts,
    caller: Identity,
    owner: AccountId,
    tasks: Iterable[AggregateKey],
    what: Cancel | ChangeVisibility | Share | RevokeShare,
    command: CommandId,
) -> int:
    """The sequence of the last event that came of it."""
    sequence = 0
    for task in tasks:
        each = CommandId(uuid5(command, str(task.id)))
        said = origin(caller, each, owner=owner, correlation=command)
        try:
            outcome = await execute(parts.log, TASK, task, what, said, now)
        except RejectedError:
            # It has ended or was deleted meanwhile, which is as good.
            continue
        sequence = max(sequence, outcome.known.sequence)
    return sequence
