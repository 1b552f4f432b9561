"""What links open: a task, or a sweep with all of its tasks. Asked for by whoever may change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from api.access import Caller
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.sweeps import whole
from api.tasks import reading
from core.domain.ownership import RevokeShare, Share
from core.events.ids import AccountId, CommandId, SweepId, TaskId
from core.events.subjects import AggregateKey, task_key


@dataclass(frozen=True)
class Shareable:
    """``page``: its address below ``/shared``."""

    caller: Identity
    owner: AccountId
    page: str
    tasks: Sequence[AggregateKey]
    task: TaskId | None = None
    sweep: SweepId | None = None

    @property
    def id(self) -> UUID:
        return self.task or self.sweep or UUID(int=0)

    async def tell(self, parts: Parts, what: Share | RevokeShare, command: CommandId) -> int:
        """Put it into the log of each task; gives the last sequence."""
        return await whole.tell(parts, self.caller, self.owner, self.tasks, what, command)


async def own_task(task_id: UUID, caller: Caller, parts: PartsOf) -> Shareable:
    """Raises RefusedError with ``task_unknown`` or ``not_yours``."""
    task = await reading.changeable(parts, caller, task_id)
    return Shareable(caller, task.owner, str(task_id), [task.key], task=TaskId(task_id))


async def own_sweep(sweep_id: UUID, caller: Caller, parts: PartsOf) -> Shareable:
    """Raises RefusedError with ``sweep_unknown`` or ``not_yours``."""
    sweep = await whole.changeable(parts, caller, sweep_id)
    tasks = [task_key(point.platform, TaskId(point.task_id)) for point in sweep.points]
    return Shareable(caller, sweep.owner, f"sweeps/{sweep_id}", tasks, sweep=sweep.id)
