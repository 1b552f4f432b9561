"""The table of links. The log knows that they were made and revoked; their secrets stand here, as digests."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from core.events.ids import AccountId, CommandId, SweepId, TaskId, new_id
from core.events.ownership import LinkId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)


@dataclass(frozen=True)
class LinkRow:
    """Of a task, or of a sweep."""

    id: LinkId
    task_id: TaskId | None
    sweep_id: SweepId | None
    made_by: AccountId
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class OpenedLink:
    """A link that holds at this moment. ``tasks``: all that it opens, of a sweep each that belongs to it."""

    id: LinkId
    sweep_id: SweepId | None
    tasks: frozenset[UUID]
    expires_at: datetime


_ROW: Final = TypeAdapter(LinkRow)


async def insert(
    connection: Connection | Pool,
    sha256: str,
    made_by: AccountId,
    command: CommandId,
    expires_at: datetime,
    *,
    task: TaskId | None = None,
    sweep: SweepId | None = None,
) -> LinkRow:
    """The new link to a task or to a sweep; the same command's earlier one, which then opens with the new secret only."""
    row = await connection.fetchrow(_SQL["insert"], new_id(), task, sweep, sha256, made_by, command, expires_at)
    return _ROW.validate_python(dict(row or {}))


async def links_to(connection: Connection | Pool, thing: UUID) -> list[LinkRow]:
    """``thing``: a task or a sweep."""
    return [_ROW.validate_python(dict(row)) for row in await connection.fetch(_SQL["links_to"], thing)]


async def revoke(connection: Connection | Pool, thing: UUID, link: UUID) -> bool:
    """Whether the task or sweep has such a link."""
    return await connection.fetchval(_SQL["revoke"], link, thing) is not None


async def opened(connection: Connection | Pool, digests: Collection[str]) -> dict[str, OpenedLink]:
    """By digest, without what is no link, was revoked, or is over. Notes the use, once a minute."""
    found = {}
    for row in await connection.fetch(_SQL["opened"], list(digests)):
        if row["stale"]:
            await connection.execute(_SQL["used"], row["id"])
        found[row["sha256"]] = OpenedLink(row["id"], row["sweep_id"], frozenset(row["tasks"]), row["expires_at"])
    return found
