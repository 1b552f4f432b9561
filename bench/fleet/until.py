"""Waiting for results in tables."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg

ONE_S, MANY_S = 0.002, 0.05
"""How often is looked."""


async def until_all(tables: asyncpg.Connection, query: str, ids: Sequence[str]) -> None:
    """Ask until the query counts all of these: for the last one first, for to look through a thousand takes a while itself."""
    async with asyncio.timeout(300):
        for wanted in (ids[-1:], ids) if len(ids) > 1 else (ids,):
            while await tables.fetchval(query, wanted) < len(wanted):  # noqa: ASYNC110 - as whoever asks Celery has to
                await asyncio.sleep(ONE_S if len(ids) == 1 else MANY_S)
