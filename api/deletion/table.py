"""The table of deletions: what was asked for stands here until all of it is done."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from core.events.ids import AccountId, Platform, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

SQL: Final = Queries.beside(__file__)
LEASE_S: Final = 300.0
"""Seconds that one process has to carry a deletion out before another may."""


class Kind(StrEnum):
    FILES = "files"
    TASK = "task"
    MODEL = "model"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Deletion:
    """``id`` is also what its commands' ids follow from; ``platform`` is ``any`` for what has none."""

    id: UUID
    kind: Kind
    thing: UUID
    platform: Platform
    owner: AccountId
    actor: UUID
    swept: bool


_ROW: Final = TypeAdapter(Deletion)


async def mark(
    pool: Pool, kind: Kind, thing: UUID, owner: UUID, actor: UUID, platform: Platform = Platform.ANY
) -> Deletion:
    """The deletion, leased to the caller; the earlier one of the same thing, if it is not through yet."""
    row = await pool.fetchrow(SQL["mark"], new_id(), kind, thing, platform, owner, actor, LEASE_S)
    return _ROW.validate_python(dict(row or {}))


async def claim(pool: Pool) -> list[Deletion]:
    """Some that are due, leased to the caller."""
    return [_ROW.validate_python(dict(row)) for row in await pool.fetch(SQL["claim"], LEASE_S)]


async def put_off(pool: Pool, deletion: Deletion, seconds: float, *, swept: bool = False) -> None:
    await pool.execute(SQL["put_off"], deletion.id, seconds, swept)


async def forget(connection: Connection | Pool, deletion: Deletion) -> None:
    await connection.execute(SQL["forget"], deletion.id)
