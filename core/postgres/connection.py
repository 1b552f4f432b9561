"""Connecting to PostgreSQL."""

import asyncio
import json
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeAlias

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


class Json(bytes):
    """A value for a JSON column that is written as JSON (UTF-8) already."""


async def _set_codecs(connection: Connection) -> None:
    """In PostgreSQL's binary format, which COPY needs: ``jsonb`` has the number of its format before the text."""
    for name, before in (("json", b""), ("jsonb", b"\x01")):
        await connection.set_type_codec(
            name, encoder=_encoder(before), decoder=_decoder(len(before)), schema="pg_catalog", format="binary"
        )


def _encoder(before: bytes) -> Callable[[Any], bytes]:
    return lambda value: before + (value if isinstance(value, Json) else json.dumps(value).encode())


def _decoder(before: int) -> Callable[[bytes], Any]:
    return lambda data: json.loads(data[before:])
