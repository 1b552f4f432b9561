"""Reading a consumer: batches as soon as anything is there.

nats-py's own ``fetch(n)`` waits for a full batch or its time-out once it lingers, which adds seconds to a quiet stream; here one
request stays open and whatever has arrived is handed on at once.
"""

import json
from collections.abc import AsyncIterator
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError

_EXPIRED = {"404", "408"}


class ConsumerLostError(Exception):
    """The consumer is not there any more (the broker restarted, or it was deleted): make it again and go on from the last sequence."""


async def pull(
    nc: Client, stream: str, consumer: str, *, batch: int = 500, expires_s: float = 2.0
) -> AsyncIterator[list[Msg]]:
    """Yield the messages of a pull consumer in batches of 1 to ``batch``; an empty list says that ``expires_s`` seconds were quiet.

    Raises ConsumerLostError.
    """
    inbox = nc.new_inbox()
    subscription = await nc.subscribe(inbox)
    request = json.dumps({"batch": batch, "expires": int(expires_s * 1e9)}).encode()
    subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
    try:
        while True:
            await nc.publish(subject, request, reply=inbox)
            wanted = batch
            while wanted > 0:
                messages, over = await _take(subscription, wanted, expires_s + 1.0)
                wanted -= len(messages)
                if messages or over:
                    yield messages
                if over:
                    break
    finally:
        with suppress(ConnectionClosedError):
            await subscription.unsubscribe()


async def _take(subscription: Subscription, most: int, patience_s: float) -> tuple[list[Msg], bool]:
    """What has arrived, waiting for the first; and whether the request is over."""
    messages: list[Msg] = []
    while len(messages) < most and (not messages or subscription.pending_msgs):
        try:
            message = await subscription.next_msg(patience_s)
        except TimeoutError as error:
            raise ConsumerLostError("the broker does not answer a pull request") from error
        # Headers prove nothing: whoever published a message may have written a status into them. Only a stream's message can be acknowledged.
        if message.reply:
            messages.append(message)
        elif _status(message) in _EXPIRED or messages:
            return messages, True
        else:
            raise ConsumerLostError(f"{_status(message)} {(message.headers or {}).get('Description', '')}")
    return messages, False


def _status(message: Msg) -> str | None:
    return (message.headers or {}).get("Status")
