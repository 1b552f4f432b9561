"""Stored bytes go when their last reference goes.

Models and inputs hold their bytes for good; uploads under way and open tasks hold them for now. Whoever is about to store bytes
under a digest passes ``pass_by`` first: after that, a collection sees the upload that stands behind them.
"""

import structlog

from api.deletion.table import SQL
from api.parts import Parts
from core.events.ids import Sha256
from core.postgres.connection import Connection
from core.s3.errors import StorageUnavailableError
from core.s3.keys import Content, content

logger = structlog.get_logger(__name__)


async def loosen(connection: Connection, prefix: Content, sha256: Sha256) -> None:
    """In the transaction that takes a reference away."""
    await connection.execute(SQL["loosen"], prefix, sha256)


async def pass_by(parts: Parts, prefix: Content, sha256: Sha256) -> None:
    """Wait for a collection of these bytes that is under way."""
    async with parts.pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL["lock_content"], content(prefix, sha256))


async def collect(parts: Parts, prefix: Content, sha256: Sha256) -> bool:
    """Whether the bytes are gone. A store that does not answer leaves them to the next round."""
    try:
        return await _collect(parts, prefix, sha256)
    except StorageUnavailableError as error:
        logger.warning("bytes wait to be deleted", action="content_kept", sha256=sha256, error=str(error))
        return False


async def _collect(parts: Parts, prefix: Content, sha256: Sha256) -> bool:
    async with parts.pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL["lock_content"], content(prefix, sha256))
        if await connection.fetchval(SQL["held_for_now"], prefix, sha256):
            return False
        held = await connection.fetchval(SQL["held_for_good"], prefix, sha256)
        if not held:
            await parts.store.delete(content(prefix, sha256))
        await connection.execute(SQL["tighten"], prefix, sha256)
    return not held


async def collect_all(parts: Parts) -> int:
    """Everything that is loose; gives how many files went."""
    loose = await parts.pool.fetch(SQL["loose"])
    return sum([await collect(parts, Content(row["prefix"]), row["sha256"]) for row in loose])
