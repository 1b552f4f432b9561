"""The event log: the one ``append``, the history of one aggregate, and reading everything from a sequence."""

import asyncio
import calendar
import json
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, ServiceUnavailableError

from core.events import cloud, codec
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import Aggregate, EventId, event_id_of
from core.events.subjects import EVENTS, AggregateKey
from core.nats.commit import GATHER_S, Commits
from core.nats.pull import ConsumerLostError, pull
from core.nats.written import Written

logger = structlog.get_logger(__name__)

WRONG_LAST_SEQUENCE = 10071
IDLE_CONSUMER_S = 60.0


class LogUnavailableError(Exception):
    """The broker did not answer: whether the event was stored is not known. Asking again with the same command id is safe."""


class ConflictError(Exception):
    """Somebody else appended to the aggregate first: read its history and decide again."""


class LogGapError(Exception):
    """A sequence is missing. The log never deletes, so this is a defect and nobody may go on over it."""


@dataclass(frozen=True)
class Appended:
    sequence: int
    duplicate: bool
    """The command had been appended before, perhaps with another content: what stands in the log counts."""


class EventLog:
    """The stream ``EVENTS`` through a connection of account CORE.

    ``gather_s``: how long, in a crowd, an append may wait for others to go with.
    """

    def __init__(self, nc: Client, *, timeout_s: float = 5.0, gather_s: float = GATHER_S) -> None:
        self._nc, self._timeout_s = nc, timeout_s
        self._js = nc.jetstream(timeout=timeout_s)
        self._commits = Commits(nc, self._js, EVENTS, timeout_s, gather_s)
        self._written = Written()

    async def append(self, key: AggregateKey, fact: Fact, origin: Origin, *, expected: int) -> Appended:
        """Store a fact if the aggregate's last sequence is still ``expected`` (0: it has no events).

        Raises ConflictError, or LogUnavailableError after a time-out whose outcome could not be found out.
        """
        event_id = event_id_of(origin.command_id)
        headers = {
            **cloud.headers(event_id, key, fact.type),
            "Nats-Msg-Id": str(event_id),
            "Nats-Expected-Stream": EVENTS,
            "Nats-Expected-Last-Subject-Sequence": str(expected),
            "Nats-Expected-Last-Subject-Sequence-Subject": key.filter,
        }
        try:
            ack = await self._commits.publish(
                key.subject(fact.type), key.filter, self._written.encode(key, fact, origin), headers
            )
        except (APIError, NatsError, TimeoutError) as error:
            return await self._resolve(key, event_id, error)
        return Appended(ack.seq, bool(ack.duplicate))

    async def _resolve(self, key: AggregateKey, event_id: EventId, error: Exception) -> Appended:
        """After a refusal or no answer: the event may stand in the log all the same, under whichever type it was decided then."""
        for event in await self.history(key):
            if event.id == event_id:
                return Appended(event.sequence, duplicate=True)
        if isinstance(error, APIError) and error.err_code == WRONG_LAST_SEQUENCE:
            raise ConflictError(f"{key.filter} has moved on") from error
        raise LogUnavailableError(f"the event log did not take an event of {key.filter}: {error!r}") from error

    async def event(self, sequence: int) -> Recorded[Fact] | None:
        """What stands at a place in the log; None while whoever answers has not come so far. Raises LogUnavailableError."""
        wanted = json.dumps({"seq": sequence}).encode()
        try:
            answer = await self._nc.request(f"$JS.API.DIRECT.GET.{EVENTS}", wanted, timeout=self._timeout_s)
        except (NatsError, TimeoutError) as error:
            raise LogUnavailableError(f"the event log does not answer: {error!r}") from error
        headers = answer.headers or {}
        if "Nats-Subject" not in headers:
            return None
        at = _as_read_from_stream(headers["Nats-Time-Stamp"])
        return codec.decode(headers["Nats-Subject"], int(headers["Nats-Sequence"]), at, answer.data)

    async def history(self, key: AggregateKey) -> list[Recorded[Fact]]:
        """All events of one aggregate, oldest first. Raises LogUnavailableError."""
        return await self._read_all(key.filter)

    async def histories(self, aggregate: Aggregate) -> list[Recorded[Fact]]:
        """All events of all aggregates of one kind, oldest first. Raises LogUnavailableError."""
        return await self._read_all(f"{aggregate}.>")

    async def last_sequence(self) -> int:
        """Sequence of the newest event, 0 when there is none. Raises LogUnavailableError."""
        try:
            info = await self._js.stream_info(EVENTS)
        except (APIError, NatsError, TimeoutError) as error:
            raise LogUnavailableError(f"the event log does not answer: {error!r}") from error
        return info.state.last_seq

    async def sequence_before(self, time: datetime) -> int:
        """Sequence of the last event that was stored before a time. Raises LogUnavailableError."""
        # The broker counts nanoseconds, and an event's time may have been rounded up.
        async for events in self._read(_from(opt_start_time=time - timedelta(microseconds=1)), batch=1):
            if events[0].time >= time:
                return events[0].sequence - 1
        return await self.last_sequence()

    async def read(
        self, after: int, upto: int | None = None, *, subjects: Sequence[str] = (), batch: int = 500
    ) -> AsyncGenerator[list[Recorded[Fact]], None]:
        """What is stored after a sequence, as far as another one or to the end; of these subjects only, if any are given.

        Not faster than it is taken: no more than one batch waits here. Raises LogUnavailableError.
        """
        found = self._read(_from(opt_start_seq=after + 1, filter_subjects=list(subjects) or None), batch=batch)
        async with aclosing(found):
            async for events in found:
                wanted = [event for event in events if upto is None or event.sequence <= upto]
                if wanted:
                    yield wanted
                if len(wanted) < len(events):
                    return

    async def _read_all(self, subject_filter: str) -> list[Recorded[Fact]]:
        pages = self.read(0, subjects=[subject_filter], batch=1000)
        return [event async for page in pages for event in page]

    async def _read(self, config: ConsumerConfig, *, batch: int) -> AsyncGenerator[list[Recorded[Fact]], None]:
        """All that is stored at this moment and fits the consumer."""
        try:
            consumer = await self._make_consumer(config)
            try:
                left = consumer.pending
                if left:
                    pages = pull(self._nc, EVENTS, consumer.name, batch=min(left, batch))
                    async with aclosing(pages):
                        async for messages in pages:
                            left = max(0, left - len(messages))
                            yield list(map(_decode, messages))
                            if not left:
                                break
            finally:
                await self._js.delete_consumer(EVENTS, consumer.name)
        except (APIError, NatsError, ConsumerLostError, TimeoutError) as error:
            raise LogUnavailableError(f"the event log does not answer: {error!r}") from error

    async def follow(
        self, after: int, *, batch: int = 500, subject_filter: str | None = None
    ) -> AsyncGenerator[list[Recorded[Fact]], None]:
        """Everything stored after a sequence, then what comes; never ends. An empty list says that nothing is waiting.

        Without a filter the sequences are checked to be contiguous: raises LogGapError. Survives broker restarts.
        """
        last = after
        while True:
            try:
                consumer = await self._make_consumer(_from(opt_start_seq=last + 1, filter_subject=subject_filter))
                async with aclosing(pull(self._nc, EVENTS, consumer.name, batch=batch)) as pages:
                    async for messages in pages:
                        events = [_decode(message, self._written.decode) for message in messages]
                        last = _checked_last(last, events, contiguous=subject_filter is None)
                        yield events
            except (ConsumerLostError, NatsError, APIError, TimeoutError) as error:
                logger.warning("reading the log anew", action="log_reread", after=last, error=repr(error))
                await asyncio.sleep(0.2)

    async def _make_consumer(self, config: ConsumerConfig) -> "_Consumer":
        info = await self._js.add_consumer(EVENTS, config)
        if info.num_pending is None:
            raise ServiceUnavailableError
        return _Consumer(info.name, info.num_pending)


@dataclass(frozen=True)
class _Consumer:
    name: str
    pending: int


def _from(*, opt_start_time: datetime | None = None, **more: Any) -> ConsumerConfig:
    return ConsumerConfig(
        deliver_policy=DeliverPolicy.BY_START_TIME if opt_start_time else DeliverPolicy.BY_START_SEQUENCE,
        opt_start_time=opt_start_time,
        ack_policy=AckPolicy.NONE,
        mem_storage=True,
        inactive_threshold=IDLE_CONSUMER_S,
        **more,
    )


def _checked_last(last: int, events: list[Recorded[Fact]], *, contiguous: bool) -> int:
    for event in events:
        if contiguous and event.sequence != last + 1:
            raise LogGapError(f"the log jumps from {last} to {event.sequence}; it must not be folded over a gap")
        last = event.sequence
    return last


def _decode(
    message: Msg, decode: Callable[[str, int, datetime, bytes], Recorded[Fact]] = codec.decode
) -> Recorded[Fact]:
    sequence, nanoseconds = place_of(message.reply)
    return decode(message.subject, sequence, _rounded(nanoseconds), message.data)


def place_of(reply: str) -> tuple[int, int]:
    """Sequence and time (nanoseconds since 1970) of a stream's message, from the subject that acknowledges it.

    ``$JS.ACK.<stream>.<consumer>.<delivered>.<sequence>.<consumer's sequence>.<time>.<pending>``, or with domain, account and more around.
    """
    words = reply.split(".")
    first = 5 if len(words) == 9 else 7
    return int(words[first]), int(words[first + 2])


def _as_read_from_stream(timestamp: str) -> datetime:
    """So that one event has one time, whichever way it is read."""
    seconds, _, fraction = timestamp.removesuffix("Z").partition(".")
    nanoseconds = calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(fraction.ljust(9, "0"))
    return _rounded(nanoseconds)


def _rounded(nanoseconds: int) -> datetime:
    """As nats-py rounds."""
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
