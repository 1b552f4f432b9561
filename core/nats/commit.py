"""Group commit: what many callers append at the same time goes to the broker's disk with one sync, as an atomic batch.

The broker syncs after each message, and for a batch about as often as for eight messages, however many there are in it. So few go one by one, and many together. Most of the time that
a batch takes goes into making and removing a store for it, so in a crowd it is worth waiting a moment for a larger one.
Nothing leans on a batch being atomic: each message keeps its own id and its own expectation, and where a batch is refused its messages are sent one by one and each gets its own answer.
"""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from uuid import uuid4

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.api import PubAck
from nats.js.client import JetStreamContext
from nats.js.errors import APIError

logger = structlog.get_logger(__name__)

ALONE = 8
"""Messages that are on their way one by one, at the most; further ones wait, and may become a batch."""
LEAST, MOST = 12, 100
"""Messages of a batch."""
GATHER_S = 0.015
"""After a batch more will come: the next one gathers for so long, unless it is full before."""
_NOT_ALLOWED = 10174
"""The stream takes no batches."""


@dataclass(eq=False)
class _Message:
    """``filter``: what its expectation is about. ``stored``: the broker's answer."""

    subject: str
    filter: str
    payload: bytes
    headers: dict[str, str]
    stored: asyncio.Future[PubAck] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def answer(self, answer: PubAck | Exception) -> None:
        if self.stored.done():  # nobody waits for it any more
            return
        if isinstance(answer, Exception):
            self.stored.set_exception(answer)
        else:
            self.stored.set_result(answer)


class Commits:
    """Publishing into one stream. Not more than one batch is on its way, so that the next one gathers meanwhile.

    ``gather_s``: it gathers for so long after the one before, unless it is full before.
    """

    def __init__(self, nc: Client, js: JetStreamContext, stream: str, timeout_s: float, gather_s: float) -> None:
        self._nc, self._js, self._stream = nc, js, stream
        self._timeout_s, self._gather_s = timeout_s, gather_s
        self._waiting: list[_Message] = []
        self._alone = 0
        self._together = False
        self._gathering: asyncio.TimerHandle | None = None
        self._batches_allowed = True
        self._due = False
        self._sending: set[asyncio.Task[None]] = set()

    async def publish(self, subject: str, filter_: str, payload: bytes, headers: dict[str, str]) -> PubAck:
        """As JetStream's own publish. Raises APIError when the broker refuses; NatsError or TimeoutError when nobody knows.

        Whoever cancels it does not know, either.
        """
        message = _Message(subject, filter_, payload, headers)
        if self._waiting or self._alone or self._together or self._gathering:
            self._waiting.append(message)
            self._look_soon()
        else:  # nothing to gather with
            self._alone += 1
            try:
                await self._send_alone(message)
            finally:
                self._look_soon()
        return await message.stored

    def _look_soon(self) -> None:
        """Once all that is ready to run has said what it wants."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._due = False
        if self._together or (self._gathering and len(self._waiting) < MOST):
            return
        self._gather_no_more()
        if self._batches_allowed and len(batch := self._batch()) >= LEAST:
            sent = set(batch)
            self._waiting = [message for message in self._waiting if message not in sent]
            self._together = True
            self._begin(self._send_together(batch))
        while self._waiting and self._alone < ALONE and not self._together:
            self._alone += 1
            self._begin(self._send_alone(self._waiting.pop(0)))

    def _batch(self) -> list[_Message]:
        """One for each aggregate: of two with the same expectation in one batch, the broker stores both."""
        if len(self._waiting) < LEAST:
            return []
        by_filter: dict[str, _Message] = {}
        for message in self._waiting:
            by_filter.setdefault(message.filter, message)
        return list(by_filter.values())[:MOST]

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._look_soon()

    async def _send_alone(self, message: _Message) -> None:
        try:
            message.answer(await self._js.publish(message.subject, message.payload, headers=message.headers))
        except APIError as error:
            message.answer(error)
        except (NatsError, TimeoutError) as error:
            self._give_up([message], error)
        finally:
            self._alone -= 1

    async def _send_together(self, batch: list[_Message]) -> None:
        try:
            last = await self._commit(batch)
        except APIError as error:
            self._refused(batch, error)
        except (NatsError, TimeoutError) as error:
            self._give_up(batch, error)
        else:
            for sequence, message in enumerate(batch, last - len(batch) + 1):
                message.answer(PubAck(stream=self._stream, seq=sequence))
        finally:
            self._together = False
            self._gathering = asyncio.get_running_loop().call_later(self._gather_s, self._gathered)

    def _gathered(self) -> None:
        self._gathering = None
        self._look_soon()

    def _gather_no_more(self) -> None:
        if self._gathering:
            self._gathering.cancel()
            self._gathering = None

    async def _commit(self, batch: list[_Message]) -> int:
        """Sequence of the last one: they stand in the stream one after the other."""
        name = uuid4().hex
        for number, message in enumerate(batch[:-1], 1):
            await self._nc.publish(message.subject, message.payload, headers=_in_batch(message, name, number))
        last = batch[-1]
        headers = {**_in_batch(last, name, len(batch)), "Nats-Batch-Commit": "1"}
        answer = await self._nc.request(last.subject, last.payload, headers=headers, timeout=self._timeout_s)
        known = json.loads(answer.data)
        if "error" in known:
            raise APIError.from_error(known["error"])
        if known.get("count") != len(batch):
            raise NatsError(f"of a batch of {len(batch)} messages {known.get('count')} were stored")
        sequence: int = known["seq"]
        return sequence

    def _refused(self, batch: list[_Message], error: APIError) -> None:
        """None of them is stored; one by one it shows which of them cannot be."""
        if error.err_code == _NOT_ALLOWED:
            self._batches_allowed = False
        logger.info("batch refused", action="batch_refused", messages=len(batch), error=repr(error))
        for message in batch:
            self._alone += 1
            self._begin(self._send_alone(message))

    def _give_up(self, messages: list[_Message], error: Exception) -> None:
        """Nobody knows whether these are stored. Those that wait are not, and need not wait for a broker that is silent."""
        waiting, self._waiting = self._waiting, []
        for message in (*messages, *waiting):
            message.answer(error)


def _in_batch(message: _Message, batch: str, number: int) -> dict[str, str]:
    return {**message.headers, "Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
