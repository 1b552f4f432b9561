"""Following a running task: server-sent events, taken up again where they broke off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import quote

import httpx2

from client.errors import NoAnswerError, ServerProblemError
from client.http import PASSING, Http
from client.models import ENDING_EVENTS, RecordedEvent
from client.resource import Resource

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# The server sends a comment every 15 s when there is nothing to tell.
SILENCE_S = 45.0


class Phase(Resource):
    """The running attempt has begun with something."""

    attempt: int
    phase: str
    at: datetime | None = None


class LogLine(Resource):
    """A line of the engine's log; ``n`` counts from the attempt's first line."""

    attempt: int
    n: int
    line: str


LiveItem = RecordedEvent | Phase | LogLine


@dataclass(frozen=True)
class Reconnect:
    """When a stream breaks off, in seconds: wait this long, and give up when nothing answers for so long."""

    wait_s: float = 1.0
    within_s: float = 60.0


class Resumable(Protocol[T_co]):
    """Reads one stream after the other, each from where the last one broke off."""

    ended: bool
    answered_at: float

    def read(self) -> AsyncIterator[T_co]: ...


async def resumed(reader: Resumable[T], url: str, reconnect: Reconnect | None) -> AsyncIterator[T]:
    """What a reader reads, over all breaks. Raises ProblemError, and NoAnswerError when a stream broke off and no server answers."""
    policy = reconnect or Reconnect()
    while True:
        try:
            async for item in reader.read():
                yield item
            reason = "the stream ended early"
        except httpx2.TransportError as error:
            reason = str(error) or type(error).__name__
        except ServerProblemError as error:
            if error.status not in PASSING:
                raise
            reason = error.title
        if reader.ended:
            return
        if time.monotonic() - reader.answered_at > policy.within_s:
            raise NoAnswerError(url, reason)
        await asyncio.sleep(policy.wait_s)


def follow(
    http: Http, task_id: str, *, log: bool = False, after: int = 0, reconnect: Reconnect | None = None
) -> AsyncIterator[LiveItem]:
    """What happens to a task, from the event behind sequence ``after`` to its end; each event once, in order.

    Phases and log lines are told as they come; some may be missing while the stream is broken.

    Raises:
        ProblemError: there is no such task.
        NoAnswerError: the stream broke off and no server answers.
    """
    return resumed(_Reader(http, task_id, log=log, after=after), http.connection.url, reconnect)


class _Reader:
    """Reads one stream after the other and drops what was already told."""

    def __init__(self, http: Http, task_id: str, *, log: bool, after: int) -> None:
        self._http, self._path, self._log = http, f"/tasks/{quote(task_id, safe='')}/live", log
        self._last = after
        self._lines: dict[int, int] = {}
        self.ended = False
        self.answered_at = time.monotonic()

    async def read(self) -> AsyncIterator[LiveItem]:
        """One stream, until it ends or breaks."""
        headers = {"Accept": "text/event-stream"}
        if self._last:
            headers["Last-Event-ID"] = str(self._last)
        params = {"log": "true"} if self._log else None
        async with self._http.stream(self._path, params, headers, read_timeout_s=SILENCE_S) as response:
            self.answered_at = time.monotonic()
            async for message in httpx2.EventSource(response):
                self.answered_at = time.monotonic()
                item = self._item(message)
                if item is not None:
                    yield item

    def _item(self, message: httpx2.ServerSentEvent) -> LiveItem | None:
        match message.event:
            case "event":
                return self._event(RecordedEvent.read(object_of(message)))
            case "phase":
                return Phase.read(object_of(message))
            case "log":
                return self._line(LogLine.read(object_of(message)))
            case _:
                return None

    def _event(self, event: RecordedEvent) -> RecordedEvent | None:
        if event.sequence <= self._last:
            return None
        self._last = event.sequence
        self.ended = self.ended or event.short_type in ENDING_EVENTS
        return event

    def _line(self, line: LogLine) -> LogLine | None:
        if line.n <= self._lines.get(line.attempt, -1):
            return None
        self._lines[line.attempt] = line.n
        return line


def object_of(message: httpx2.ServerSentEvent) -> dict[str, object]:
    """The JSON object that a message carries. Raises TypeError when it is none."""
    data = message.json()
    if not isinstance(data, dict):
        raise TypeError(f"the server sent {message.event} without fields")
    return data
