"""Reading the board."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from core.events.ids import AccountId, Platform, RunnerId
from core.postgres.connection import Connection
from core.postgres.queries import Queries
from projections.runner_board.fold import BoardRow

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(BoardRow)


@dataclass(frozen=True)
class BoardedRunner:
    """``running``: how many attempts it holds now."""

    runner: BoardRow
    running: int


@dataclass(frozen=True)
class OfferedEngine:
    """An engine version on a platform: how many runners have it, how many of those are there now, and by which drivers they run it."""

    platform: Platform
    version: str
    runners: int
    present: int
    drivers: tuple[str, ...]


async def runners(connection: Connection) -> list[BoardedRunner]:
    """All that were ever enrolled, in that order."""
    return [_boarded(dict(row)) for row in await connection.fetch(_SQL["all"])]


async def runner(connection: Connection, id_: RunnerId) -> BoardedRunner | None:
    row = await connection.fetchrow(_SQL["by_id"], id_)
    return None if row is None else _boarded(dict(row))


async def engines(connection: Connection, account: AccountId) -> list[OfferedEngine]:
    """Which engines exist on which platform, on runners that the account may use; those that were disabled or revoked are left out."""
    return [
        OfferedEngine(Platform(row["platform"]), row["version"], row["runners"], row["present"], tuple(row["drivers"]))
        for row in await connection.fetch(_SQL["engines"], account)
    ]


def _boarded(row: dict[str, Any]) -> BoardedRunner:
    running = row.pop("running")
    return BoardedRunner(_ROW.validate_python(row), running)
