"""Webhooks at work, in one process of the api at a time."""

import asyncio

import structlog

from api.parts import Parts
from api.webhooks import outbox
from api.webhooks.delivering import Courier
from api.webhooks.desk import Desk, our_turn
from api.webhooks.feeding import feed, replay
from api.webhooks.sending import Sender
from core.postgres.connection import open_pool

logger = structlog.get_logger(__name__)

_AGAIN_S = 1.0
_SWEEP_S = 3600.0


async def deliver_for_ever(parts: Parts, *, search_path: str) -> None:
    """Nothing that goes wrong here ends the process: requests do not need it, and what is not delivered now is later."""
    settings = parts.settings
    while True:
        try:
            url = settings.database_url.get_secret_value()
            pool = await open_pool(url, size=1, search_path=search_path, timeout_s=float("inf"))
            try:
                async with our_turn(pool) as desk:
                    logger.info("delivering webhooks", action="webhooks")
                    with Sender(settings.webhooks.networks, settings.webhooks.timeout_s) as sender:
                        await _work(parts, desk, sender)
            finally:
                pool.terminate()
        except Exception:
            logger.exception("webhooks begin anew", action="webhooks_failed")
        await asyncio.sleep(_AGAIN_S)


async def _work(parts: Parts, desk: Desk, sender: Sender) -> None:
    news = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(feed(desk, parts.log, news), name="webhooks-feed")
        group.create_task(replay(desk, parts.log, news), name="webhooks-replay")
        group.create_task(Courier(parts, desk, sender, news).run(), name="webhooks-courier")
        group.create_task(_sweep(parts, desk), name="webhooks-sweep")


async def _sweep(parts: Parts, desk: Desk) -> None:
    while True:
        async with desk.writing() as connection:
            more = await outbox.sweep(connection, parts.settings.webhooks.keep_days * 86_400)
        await asyncio.sleep(0.1 if more else _SWEEP_S)
