"""The table of links. The log knows that they were made and revoked; their secrets stand here, as digests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from core.events.ids import AccountId, CommandId, TaskId, new_id
from core.events.ownership import LinkId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)


@dataclass(frozen=True)
class LinkRow:
    id: LinkId
    task_id: TaskId
    made_by: AccountId
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class OpenedLink:
    """A link that holds at this moment."""

    id: LinkId
    task_id: TaskId
    expires_at: datetime


_ROW: Final = TypeAdapter(LinkRow)


async def insert(
    connection: Connection | Pool,
    task: UUID,
    sha256: str,
    made_by: AccountId,
    command: CommandId,
    expires_at: datetime,
) -> LinkRow:
    """The new link; the same command's earlier one, which then opens with the new secret only."""
    row = await connection.fetchrow(_SQL["insert"], new_id(), task, sha256, made_by, command, expires_at)
    return _ROW.validate_python(dict(row or {}))


async def of_task(connection: Connection | Pool, task: UUID) -> list[LinkRow]:
    return [_ROW.validate_python(dict(row)) for row in await connection.fetch(_SQL["of_task"], task)]


async def revoke(connection: Connection | Pool, task: UUID, link: UUID) -> bool:
    """Whether the task has such a link."""
    return await connection.fetchval(_SQL["revoke"], link, task) is not None


async def opened(connection: Connection | Pool, sha256: str) -> OpenedLink | None:
    """None for what is no link, was revoked, or is over. Notes the use, once a minute."""
    row = await connection.fetchrow(_SQL["opened"], sha256)
    if row is None:
        return None
    if row["stale"]:
        await connection.execute(_SQL["used"], row["id"])
    return OpenedLink(row["id"], row["task_id"], row["expires_at"])
