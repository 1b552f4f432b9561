"""Reading a consumer: batches as soon as anything is there.

nats-py's own ``fetch(n)`` waits for a full batch or its time-out once it lingers, which adds seconds to a quiet stream; here one
request stays open and whatever has arrived is handed on at once.
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import ConnectionClosedError

_EXPIRED = {"404", "408"}


class ConsumerLostError(Exception):
    """The consumer is not there any more (the broker restarted, or it was deleted): make it again and go on from the last sequence."""


async def pull(
    nc: Client, stream: str, consumer: str, *, batch: int = 500, expires_s: float = 2.0
) -> AsyncGenerator[list[Msg], None]:
    """Yield the messages of a pull consumer in batches of 1 to ``batch``; an empty list says that ``expires_s`` seconds were quiet.

    No more than ``batch`` messages wait here for whoever asks. Raises ConsumerLostError.
    """
    inbox, arrived = nc.new_inbox(), _Arrived()
    subscription = await nc.subscribe(inbox, cb=arrived.add, pending_msgs_limit=-1, pending_bytes_limit=-1)
    request = json.dumps({"batch": batch, "expires": int(expires_s * 1e9)}).encode()
    subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
    try:
        while True:
            await nc.publish(subject, request, reply=inbox)
            wanted = batch
            while wanted > 0:
                messages, over = await _take(arrived, wanted, expires_s + 1.0)
                wanted -= len(messages)
                if messages or over:
                    yield messages
                if over:
                    break
    finally:
        with suppress(ConnectionClosedError):
            await subscription.unsubscribe()


class _Arrived:
    """What the broker has sent. The client's own ``next_msg`` makes a task and a time-out for every single message."""

    def __init__(self) -> None:
        self._waiting: deque[Msg] = deque()
        self._news = asyncio.Event()

    async def add(self, message: Msg) -> None:
        self._waiting.append(message)
        self._news.set()

    async def first(self, patience_s: float) -> Msg:
        """Raises TimeoutError."""
        if not self._waiting:
            self._news.clear()
            async with asyncio.timeout(patience_s):
                await self._news.wait()
        return self._waiting.popleft()

    def next(self) -> Msg | None:
        return self._waiting.popleft() if self._waiting else None


async def _take(arrived: _Arrived, most: int, patience_s: float) -> tuple[list[Msg], bool]:
    """What has arrived, waiting for the first; and whether the request is over."""
    try:
        message: Msg | None = await arrived.first(patience_s)
    except TimeoutError as error:
        raise ConsumerLostError("the broker does not answer a pull request") from error
    messages: list[Msg] = []
    while message is not None:
        # Headers prove nothing: whoever published a message may have written a status into them. Only a stream's message can be acknowledged.
        if message.reply:
            messages.append(message)
        elif _status(message) in _EXPIRED or messages:
            return messages, True
        else:
            raise ConsumerLostError(f"{_status(message)} {(message.headers or {}).get('Description', '')}")
        message = arrived.next() if len(messages) < most else None
    return messages, False


def _status(message: Msg) -> str | None:
    return (message.headers or {}).get("Status")
