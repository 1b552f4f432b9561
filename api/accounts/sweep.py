"""Sessions and links that are over are forgotten after a day: until then their reuse is told apart from nonsense."""

import asyncio

import structlog

from api.accounts import links, sessions
from core.postgres.connection import Pool

logger = structlog.get_logger(__name__)

PERIOD_S = 3600.0


async def sweep_accounts_for_ever(pool: Pool) -> None:
    while True:
        try:
            await sessions.sweep(pool)
            await links.sweep(pool)
        except Exception:
            # The database is away for now; requests will tell, and the next round sweeps what is left.
            logger.exception("sweeping sessions failed", action="sweep_failed")
        await asyncio.sleep(PERIOD_S)
