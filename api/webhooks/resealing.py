"""Bringing secrets under the key that seals now: what an older program left as it is, and what the previous key sealed."""

import structlog

from api.webhooks import table
from api.webhooks.sealing import Sealer, SealError
from core.postgres.connection import Pool

logger = structlog.get_logger(__name__)


async def reseal(pool: Pool, sealer: Sealer) -> int:
    """How many webhooks were brought under the key. What cannot be opened stays as it is, and a warning says so."""
    if not sealer.keys:
        return 0
    done = 0
    for kept in await table.kept_secrets(pool):
        if sealer.is_fresh(kept.secret) and sealer.is_fresh(kept.previous_secret):
            continue
        try:
            fresh = [
                None if one is None else sealer.seal(sealer.unseal(one, kept.id), kept.id)
                for one in (kept.secret, kept.previous_secret)
            ]
        except SealError as error:
            logger.warning("a webhook cannot be signed for", action="webhook_sealed", error=str(error))
            continue
        done += await table.replace_secrets(pool, kept, *fresh)
    if done:
        logger.info("secrets of webhooks were sealed anew", action="webhooks_resealed", webhooks=done)
    return done
