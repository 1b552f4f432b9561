"""Connecting to the broker."""

import asyncio
from collections.abc import Awaitable, Callable

import nats
import structlog
from nats.aio.client import Client

logger = structlog.get_logger(__name__)

PING_INTERVAL_S = 5
"""With the client's default a hung broker goes unnoticed for four minutes."""


class BrokerUnreachableError(Exception):
    """The broker could not be reached in time, or refused the credentials."""


async def connect(
    url: str,
    seed: str,
    *,
    name: str,
    inbox_prefix: str = "_INBOX",
    timeout_s: float = 60.0,
    closed: Callable[[], None] | None = None,
) -> Client:
    """A connection that reconnects for ever once it stands.

    ``seed``: the nkey seed of a user. ``closed`` is called when the connection is gone for good (the broker's authorisation changed):
    the process should then end and let its supervisor restart it. Raises BrokerUnreachableError after ``timeout_s`` seconds.
    """
    try:
        return await asyncio.wait_for(
            nats.connect(
                url,
                name=name,
                nkeys_seed_str=seed,
                inbox_prefix=inbox_prefix,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.5,
                ping_interval=PING_INTERVAL_S,
                error_cb=_log_error(name),
                closed_cb=_call(closed),
            ),
            timeout_s,
        )
    except (TimeoutError, nats.errors.Error, OSError) as error:
        raise BrokerUnreachableError(
            f"no connection to the broker at {url} as {name} within {timeout_s:g} s: {error}"
        ) from error


def _log_error(name: str) -> Callable[[Exception], Awaitable[None]]:
    async def log(error: Exception) -> None:
        logger.warning("broker connection error", action="broker_error", connection=name, error=repr(error))

    return log


def _call(closed: Callable[[], None] | None) -> Callable[[], Awaitable[None]]:
    async def call() -> None:
        if closed is not None:
            closed()

    return call
