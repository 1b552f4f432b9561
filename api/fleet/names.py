"""What runners are called."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from core.events.ids import Platform, RunnerId
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)


async def of(connection: Connection | Pool, runners: Mapping[UUID, Platform]) -> dict[UUID, str]:
    """The names of runners; one that nobody named is called by its platform and the end of its id (its beginning is a time)."""
    if not runners:
        return {}
    named = {row["runner_id"]: row["name"] for row in await connection.fetch(_SQL["names"], list(runners))}
    return {id_: named.get(id_, f"{platform}-{id_.hex[-6:]}") for id_, platform in runners.items()}


async def rename(connection: Connection | Pool, runner: RunnerId, name: str) -> None:
    await connection.execute(_SQL["set_name"], runner, name)


async def name_once(connection: Connection | Pool, runner: UUID, name: str) -> None:
    """Unless somebody named it already."""
    await connection.execute(_SQL["name_once"], runner, name)
