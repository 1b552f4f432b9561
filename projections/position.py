"""Read your own writes: waiting, without polling, until the read models have reached a sequence."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

import asyncpg
import structlog

from core.postgres.connection import Connection, open_pool
from projections.settings import SCHEMA

logger = structlog.get_logger(__name__)

_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_CHECK_S = 5.0
"""A connection that died without a word is noticed within this time."""


def channel_of(schema: str) -> str:
    """Where the projector announces each sequence that it has committed: ``mgeprof_read`` for the live read models."""
    return f"mgeprof_{schema}"


class Position:
    """How far the read models of a schema have come. Use as a context manager; it listens on a connection of its own.

    A lost connection is made again; meanwhile nobody is told that a sequence was reached.
    """

    def __init__(self, database_url: str, schema: str = SCHEMA) -> None:
        self._url, self._schema = database_url, schema
        self._sequence = 0
        self._waiting: dict[asyncio.Future[None], int] = {}

    @property
    def sequence(self) -> int:
        """The last sequence that is known to have been reached."""
        return self._sequence

    async def reached(self, sequence: int, timeout_s: float) -> bool:
        """Whether the read models show the event of that sequence, waiting up to ``timeout_s`` seconds for it."""
        if self._listener.done():
            self._listener.result()
        if self._sequence >= sequence:
            return True
        future = asyncio.get_running_loop().create_future()
        self._waiting[future] = sequence
        try:
            async with asyncio.timeout(timeout_s):
                await future
        except TimeoutError:
            return False
        finally:
            del self._waiting[future]
        return True

    async def __aenter__(self) -> Self:
        self._listener = asyncio.create_task(self._listen_for_ever(), name="position")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.cancel()
        with suppress(asyncio.CancelledError):
            await self._listener

    async def _listen_for_ever(self) -> None:
        pool = await open_pool(self._url, size=1, timeout_s=float("inf"))
        try:
            while True:
                try:
                    async with pool.acquire(timeout=_CHECK_S) as connection:
                        await self._listen(connection)
                except _LOST as error:
                    logger.warning("listening anew", action="position_lost", schema=self._schema, error=repr(error))
                    await asyncio.sleep(0.2)
        finally:
            pool.terminate()

    async def _listen(self, connection: Connection) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        channel = channel_of(self._schema)
        await connection.add_listener(channel, self._heard)
        try:
            # Listening first, then looking: what is committed in between is heard.
            self._sequence = 0
            while not lost.is_set():
                self._advance(await self._stored(connection))
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CHECK_S):
                        await lost.wait()
        finally:
            if not connection.is_closed():
                await connection.remove_listener(channel, self._heard)

    async def _stored(self, connection: Connection) -> int:
        try:
            sequence: int | None = await connection.fetchval(
                f'SELECT sequence FROM "{self._schema}".projection_checkpoint',  # noqa: S608 - a setting
                timeout=_CHECK_S,
            )
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):  # no projector has run yet
            return 0
        return sequence or 0

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._advance(int(str(payload)))

    def _advance(self, sequence: int) -> None:
        self._sequence = max(self._sequence, sequence)
        for future, wanted in self._waiting.items():
            if wanted <= self._sequence and not future.done():
                future.set_result(None)
