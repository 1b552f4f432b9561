"""Goes round and carries out what is due: deletions that were broken off, bytes that nobody has any more, files that are too old, guests who came long ago."""

import asyncio
from typing import Final, assert_never
from uuid import UUID

import structlog

from api.deletion import accounts, content, models, table, tasks
from api.deletion.guests import delete_old_guests
from api.deletion.table import SQL, Deletion, Kind
from api.grouping import tags
from api.parts import Parts
from core.domain.decider import RejectedError
from core.events.ids import Platform, TaskId
from core.events.subjects import task_key

logger = structlog.get_logger(__name__)

PERIOD_S: Final = 60.0
AT_ONCE: Final = 200
"""Tasks whose old files go in one round."""
NOBODY: Final = UUID(int=0)
"""The actor of what the control plane does by itself."""


async def keep_for_ever(parts: Parts) -> None:
    while True:
        try:
            await go_round(parts)
        except Exception:
            # Log, storage or database are away for now; what is marked stays marked.
            logger.exception("a round of deleting failed", action="deletion_failed")
        await asyncio.sleep(PERIOD_S)


async def go_round(parts: Parts) -> None:
    """Raises what the outside systems raise; nothing is lost by that."""
    for deletion in await table.claim(parts.pool):
        try:
            await carry_out(parts, deletion)
        except RejectedError as error:
            logger.warning(
                "a deletion was refused", action="deletion_refused", thing=str(deletion.thing), error=str(error)
            )
            await table.forget(parts.pool, deletion)
    await content.collect_all(parts)
    await delete_old_files(parts)
    await delete_old_guests(parts, NOBODY)
    await tags.forget_unused(parts.pool)


async def carry_out(parts: Parts, deletion: Deletion) -> int:
    """The sequence of its event."""
    match deletion.kind:
        case Kind.FILES | Kind.TASK:
            return await tasks.carry_out(parts, deletion)
        case Kind.MODEL:
            return await models.carry_out(parts, deletion)
        case Kind.ACCOUNT:
            return await accounts.carry_out(parts, deletion)
        case _ as unreachable:
            assert_never(unreachable)


async def due(parts: Parts, days: float | None) -> tuple[int, int]:
    """Of how many tasks files would go, and how many bytes those are, if files were kept for so many days; None: as is set."""
    row = await parts.pool.fetchrow(SQL["old_files"], None if days is None else days * 86_400)
    return (0, 0) if row is None else (row["tasks"], row["bytes"])


async def delete_old_files(parts: Parts) -> int:
    """What retention asks for; gives of how many tasks files went."""
    days = await parts.pool.fetchval("SELECT files_days FROM retention")
    if days is None:
        return 0
    old = await parts.pool.fetch(SQL["tasks_with_old_files"], days * 86_400, AT_ONCE)
    for row in old:
        key = task_key(Platform(row["platform"]), TaskId(row["id"]))
        await tasks.ask(parts, Kind.FILES, key, row["owner"], NOBODY)
    return len(old)
