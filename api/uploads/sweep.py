"""Uploads that nobody completed go away."""

import asyncio

import structlog

from api.parts import Parts
from api.uploads import table
from api.uploads.complete import sweep_parts

logger = structlog.get_logger(__name__)

PERIOD_S = 3600.0


async def sweep(parts: Parts) -> int:
    """Delete what has expired; gives how many uploads that were. Parts go first: a crash between leaves nothing unseen."""
    expired = await table.expired(parts.pool)
    for upload in expired:
        await sweep_parts(parts, upload)
        await table.delete(parts.pool, upload)
    return len(expired)


async def sweep_for_ever(parts: Parts) -> None:
    while True:
        try:
            swept = await sweep(parts)
        except Exception:
            # Storage or database are away for now; requests will tell, and the next round sweeps what is left.
            logger.exception("sweeping failed", action="sweep_failed")
        else:
            logger.info("swept", action="sweep", uploads=swept)
        await asyncio.sleep(PERIOD_S)
