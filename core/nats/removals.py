"""Runners that want to be none any more, in the account RUN: whoever keeps the registry answers them."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from core.events.ids import RunnerId
from core.protocol.calls import REMOVE, Remove, Removed
from core.protocol.wire import for_runners

logger = structlog.get_logger(__name__)

_QUEUE = "registry"


@dataclass(frozen=True)
class Removal:
    """``runner`` is who the broker says that it is. Without an answer it asks again."""

    runner: RunnerId
    _message: Msg

    async def answer(self, removed: Removed) -> None:
        """Before its connections are ended: one of them waits for this."""
        with suppress(NatsError):  # it asks again
            await self._message.respond(for_runners(removed))


async def removals(nc: Client) -> AsyncIterator[Removal]:
    """Those that ask from now on, for ever; several services share the work."""
    subscription = await nc.subscribe(f"rpc.*.{REMOVE}", queue=_QUEUE)
    async for message in subscription.messages:
        try:
            runner = RunnerId(UUID(message.subject.split(".")[1]))
            meant = Remove.model_validate_json(message.data).runner
        except ValueError as error:
            logger.warning("removal not understood", action="removal_malformed", error=str(error))
            continue
        if meant == runner:
            yield Removal(runner, message)
