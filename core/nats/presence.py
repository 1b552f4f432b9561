"""Who is connected in the account EDGE, and turning runners out: through a connection of the system account."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError

from core.events.ids import RunnerId
from core.nats.callout import EDGE

logger = structlog.get_logger(__name__)

_ANSWERS_WITHIN_S = 0.5
"""Each node of the broker answers for itself; nobody says how many there are."""
_MOST = 1024


@dataclass(frozen=True)
class EdgeConnection:
    """A connection, at one node of the broker."""

    runner: RunnerId
    server: str
    number: int


class Presence:
    def __init__(self, nc: Client) -> None:
        self._nc = nc

    async def turn_out(self, runner: RunnerId) -> int:
        """End all connections of a runner; how many there were."""
        found = await self._of(runner)
        for connection in found:
            await self.kick(connection)
        return len(found)

    async def kick(self, connection: EdgeConnection) -> None:
        payload = json.dumps({"cid": connection.number}).encode()
        try:
            await self._nc.request(f"$SYS.REQ.SERVER.{connection.server}.KICK", payload, timeout=2.0)
        except (NatsError, TimeoutError) as error:
            # It is gone already, or its node is: either way it has to ask to come in.
            logger.warning("not turned out", action="turn_out_failed", runner=str(connection.runner), error=repr(error))
            return
        logger.info("runner turned out", action="turned_out", runner=str(connection.runner))

    async def arrivals(self) -> AsyncIterator[EdgeConnection]:
        """Connections of runners as they come in, for ever, over breaks of our own connection."""
        subscription = await self._nc.subscribe(f"$SYS.ACCOUNT.{EDGE}.CONNECT")
        async for message in subscription.messages:
            event = json.loads(message.data)
            connection = _connection(event.get("server", {}).get("id", ""), event.get("client", {}), "id")
            if connection is not None:
                yield connection

    async def _of(self, runner: RunnerId) -> list[EdgeConnection]:
        asked = json.dumps({"auth": True, "acc": EDGE, "limit": _MOST}).encode()
        inbox = self._nc.new_inbox()
        subscription = await self._nc.subscribe(inbox)
        try:
            await self._nc.publish("$SYS.REQ.SERVER.PING.CONNZ", asked, reply=inbox)
            found: list[EdgeConnection] = []
            while (answer := await self._next(subscription)) is not None:
                server = answer.get("server", {}).get("id", "")
                listed = answer.get("data", {}).get("connections") or []
                found += [one for entry in listed if (one := _connection(server, entry, "cid")) is not None]
            return [one for one in found if one.runner == runner]
        finally:
            await subscription.unsubscribe()

    @staticmethod
    async def _next(subscription: Any) -> dict[str, Any] | None:
        try:
            message = await subscription.next_msg(timeout=_ANSWERS_WITHIN_S)
        except TimeoutError:
            return None
        answer: dict[str, Any] = json.loads(message.data)
        return answer


def _connection(server: str, entry: dict[str, Any], number: str) -> EdgeConnection | None:
    """The callout names a user after its runner."""
    for name in (entry.get("name_tag"), entry.get("authorized_user"), entry.get("user")):
        try:
            return EdgeConnection(RunnerId(UUID(str(name))), server, int(entry[number]))
        except (ValueError, KeyError):
            continue
    return None
