"""Whose turn it is: of all processes of the api one delivers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from core.postgres.connection import Connection, Pool

_KEY: Final = "mgeprof webhooks"


class Desk:
    """The one connection through which the outbox is written, by turns: whoever loses it has lost the turn with it."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._free = connection, asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """In one transaction."""
        async with self._free, self._connection.transaction():
            yield self._connection


@asynccontextmanager
async def our_turn(pool: Pool) -> AsyncIterator[Desk]:
    """Waits until no other process delivers. ``pool``: of one connection, which nobody else uses."""
    async with pool.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", _KEY)
        yield Desk(connection)
