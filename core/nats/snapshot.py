"""The whole event log as one file, and back: the broker's own snapshot, which keeps every sequence, time and header."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from nats.aio.client import Client
from nats.errors import ConnectionClosedError
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError

from core.events.subjects import EVENTS
from core.nats.pull import ConsumerLostError, pull

_CHUNK = 128 * 1024
_PATIENCE_S = 60.0
_NO_CONTENT = "204"
"""Status of the broker's last message of a snapshot that is whole."""


class SnapshotError(Exception):
    """The broker did not give, or not take, the event log."""


@dataclass(frozen=True)
class Snapshot:
    """What the broker wants to hear again with the bytes. ``sequence``: of the last event that is surely in them."""

    config: dict[str, Any]
    state: dict[str, Any]

    @property
    def sequence(self) -> int:
        return int(self.state["last_seq"])

    def with_replicas(self, replicas: int) -> "Snapshot":
        """For a broker with another number of nodes."""
        return replace(self, config={**self.config, "num_replicas": replicas})


class WholeLog:
    """The stream ``EVENTS`` through a connection of account CORE."""

    def __init__(self, nc: Client) -> None:
        self._nc = nc

    async def take(self, to: BinaryIO) -> Snapshot:
        """Write the log as it is now; what is appended meanwhile may be in it too. Raises SnapshotError."""
        inbox = self._nc.new_inbox()
        subscription = await self._nc.subscribe(inbox)
        asked = {"deliver_subject": inbox, "no_consumers": True, "chunk_size": _CHUNK}
        try:
            answer = await _call(self._nc, f"$JS.API.STREAM.SNAPSHOT.{EVENTS}", asked)
            while True:
                message = await subscription.next_msg(_PATIENCE_S)
                if not message.data:
                    _check_end(message.headers)
                    break
                to.write(message.data)
                if message.reply:  # the broker goes on when it hears that we have it
                    await message.respond(b"")
        except (NatsError, TimeoutError) as error:
            raise SnapshotError(f"the broker broke off its snapshot of the event log: {error!r}") from error
        finally:
            with suppress(ConnectionClosedError):
                await subscription.unsubscribe()
        return Snapshot(answer["config"], answer["state"])

    async def put_back(self, snapshot: Snapshot, chunks: Iterable[bytes]) -> int:
        """Make the log from a snapshot, where there is none; the sequence of its last event. Raises SnapshotError."""
        if await self.last_sequence() is not None:
            raise SnapshotError("the broker holds an event log already")
        asked = {"config": snapshot.config, "state": snapshot.state}
        try:
            subject = (await _call(self._nc, f"$JS.API.STREAM.RESTORE.{EVENTS}", asked))["deliver_subject"]
            for chunk in chunks:
                await self._nc.request(subject, chunk, timeout=_PATIENCE_S)
            answer = await _call(self._nc, subject, None)
        except (NatsError, TimeoutError) as error:
            raise SnapshotError(f"the broker did not take the event log: {error!r}") from error
        return int(answer["state"]["last_seq"])

    async def last_sequence(self) -> int | None:
        """None where there is no event log. Raises SnapshotError."""
        try:
            return (await self._nc.jetstream().stream_info(EVENTS)).state.last_seq
        except NotFoundError:
            return None
        except (APIError, NatsError, TimeoutError) as error:
            raise SnapshotError(f"the broker does not answer: {error!r}") from error

    async def fingerprint(self, upto: int) -> str:
        """SHA-256 over sequence, subject, time and bytes of every event up to a sequence. Raises SnapshotError."""
        digest = hashlib.sha256()
        if upto == 0:
            return digest.hexdigest()
        try:
            async for line in _lines(self._nc, upto):
                digest.update(line)
        except (APIError, NatsError, ConsumerLostError, TimeoutError) as error:
            raise SnapshotError(f"the event log could not be read: {error!r}") from error
        return digest.hexdigest()


async def _lines(nc: Client, upto: int) -> AsyncIterator[bytes]:
    js = nc.jetstream()
    everything = ConsumerConfig(
        deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE, mem_storage=True, inactive_threshold=60.0
    )
    consumer = (await js.add_consumer(EVENTS, everything)).name
    try:
        async for messages in pull(nc, EVENTS, consumer, batch=min(upto, 1000)):
            for message in messages:
                about, at = (
                    message.metadata,
                    message.reply.split(".")[-2],
                )  # nanoseconds: the client's own time is rounded
                if about.sequence.stream <= upto:
                    yield f"{about.sequence.stream} {message.subject} {at} ".encode() + message.data + b"\n"
                if about.sequence.stream >= upto:
                    return
    finally:
        await js.delete_consumer(EVENTS, consumer)


async def _call(nc: Client, subject: str, asked: dict[str, Any] | None) -> dict[str, Any]:
    message = await nc.request(subject, b"" if asked is None else json.dumps(asked).encode(), timeout=_PATIENCE_S)
    answer: dict[str, Any] = json.loads(message.data)
    if "error" in answer:
        raise SnapshotError(f"the broker refuses: {answer['error'].get('description')}")
    return answer


def _check_end(headers: dict[str, str] | None) -> None:
    status = (headers or {}).get("Status", _NO_CONTENT)
    if status != _NO_CONTENT:
        raise SnapshotError(f"the broker broke off its snapshot of the event log: {headers}")
