"""Deleting a task, or its files only."""

from typing import Final
from uuid import UUID, uuid5

import structlog

from api.commands import now
from api.deletion import table
from api.deletion.table import SQL, Deletion, Kind
from api.parts import Parts
from core.domain.decider import RejectedError
from core.domain.ownership import Delete, DeleteFiles
from core.domain.task import TASK, Cancel
from core.events.envelope import Origin
from core.events.ids import CommandId, Platform, TaskId, new_id
from core.events.subjects import AggregateKey, task_key
from core.nats.execute import execute
from core.s3 import keys
from core.s3.errors import StorageUnavailableError

logger = structlog.get_logger(__name__)

SOON_S: Final = 30.0
AGAIN_S: Final = 2 * 3600.0
"""A runner may hold upload addresses for an hour: what comes late through them goes in a second round."""


async def ask(parts: Parts, kind: Kind, key: AggregateKey, owner: UUID, actor: UUID) -> int:
    """Carry it out as far as can be now; gives the event's sequence. Raises RejectedError (``task_not_ended``)."""
    deletion = await table.mark(parts.pool, kind, key.id, owner, actor, key.platform)
    try:
        return await carry_out(parts, deletion)
    except RejectedError:
        await table.forget(parts.pool, deletion)
        raise


async def give_up(parts: Parts, because_of: Deletion, task: TaskId, platform: Platform) -> None:
    """Delete a task that goes with something else. One that runs is told to stop; it can be deleted when it has."""
    key = task_key(platform, task)
    for _ in range(2):
        try:
            await ask(parts, Kind.TASK, key, because_of.owner, because_of.actor)
        except RejectedError as error:
            if error.code != "task_not_ended":  # it never came to be
                return
            command = CommandId(new_id())
            origin = Origin(command, because_of.owner, because_of.actor, command)
            await execute(parts.log, TASK, key, Cancel(), origin, now)
        else:
            return


async def carry_out(parts: Parts, deletion: Deletion) -> int:
    """Event, names, files, in this order; every step may come again. Raises LogUnavailableError.

    A store that does not answer is asked again later.
    """
    task = TaskId(deletion.thing)
    command = CommandId(uuid5(deletion.id, "event"))
    because = Origin(command, deletion.owner, deletion.actor, command)
    wanted = Delete() if deletion.kind is Kind.TASK else DeleteFiles()
    outcome = await execute(parts.log, TASK, task_key(deletion.platform, task), wanted, because, now)
    if deletion.kind is Kind.TASK:
        await parts.pool.execute(SQL["forget_task"], task)
    try:
        await delete_files(parts, task)
    except StorageUnavailableError as error:
        logger.warning("files wait to be deleted", action="files_kept", task=str(task), error=str(error))
        await table.put_off(parts.pool, deletion, SOON_S)
        return outcome.known.sequence
    if deletion.swept:
        await table.forget(parts.pool, deletion)
    else:
        await table.put_off(parts.pool, deletion, AGAIN_S, swept=True)
    return outcome.known.sequence


async def delete_files(parts: Parts, task: TaskId) -> None:
    async for entry in parts.store.list(keys.artifacts_prefix(task)):
        await parts.store.delete(entry.key)
