"""Connecting to PostgreSQL."""

import asyncio
import json
from time import monotonic
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
Pool: TypeAlias = asyncpg.Pool

_STARTING_UP = (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError)


class DatabaseUnreachableError(Exception):
    """PostgreSQL could not be reached in time."""


async def open_pool(url: str, *, size: int = 10, search_path: str | None = None, timeout_s: float = 60.0) -> Pool:
    """A pool whose connections read and write JSON as Python values. Waits up to ``timeout_s`` for a server that is starting.

    Raises DatabaseUnreachableError.
    """
    settings = {"search_path": search_path} if search_path else {}
    deadline = monotonic() + timeout_s
    while True:
        try:
            return await asyncpg.create_pool(url, min_size=1, max_size=size, init=_set_codecs, server_settings=settings)
        except _STARTING_UP as error:
            if monotonic() > deadline:
                raise DatabaseUnreachableError(
                    f"no connection to PostgreSQL within {timeout_s:g} s: {error!r}"
                ) from error
            await asyncio.sleep(0.2)


async def _set_codecs(connection: Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
