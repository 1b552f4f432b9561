"""The whole log, as far as one may see it: page by page, as it goes on, and as a copy that can be checked."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from client.http import Http, Params
from client.live import SILENCE_S, Reconnect, object_of, resumed
from client.models import RecordedEvent
from client.resource import Resource

PAGE = 500
"""Events of one answer at the most."""


class LogPage(Resource):
    """Go on with ``next_after`` as ``after``, newest first with ``next_before`` as ``before``, for as long as there is ``more``; a page may be empty meanwhile."""

    items: list[RecordedEvent] = []
    next_after: int | None = None
    next_before: int | None = None
    more: bool = False

    @property
    def further(self) -> dict[str, int]:
        """What to ask for next."""
        told = {"after": self.next_after, "before": self.next_before}
        return {name: place for name, place in told.items() if place is not None}


class EventCalls:
    """Filters: aggregate, platform, type (such as ``task.completed``), actor, thing; each also a list."""

    http: Http
    _reconnect: Reconnect | None

    async def log_page(self, filters: Params | None = None) -> LogPage:
        """More filters: after, before (places in the log), since, until (times), limit, order (asc, or desc: the newest first).

        Looks further until it has found something, or the log ends.
        """
        asked = dict(filters or {})
        while True:
            page = LogPage.read(await self.http.get("/events", asked))
            if page.items or not page.more:
                return page
            asked |= page.further

    async def log_events(self, most: int = 100, **filters: Any) -> list[RecordedEvent]:
        """What happened, the newest first unless ``order`` is asc; over as many pages as it takes."""
        found: list[RecordedEvent] = []
        asked: dict[str, Any] = {"order": "desc", **filters}
        while len(found) < most:
            page = await self.log_page({**asked, "limit": min(most - len(found), PAGE)})
            found += page.items
            asked |= page.further
            if not page.more:
                break
        return found

    def follow_log(self, filters: Params | None = None, *, after: int | None = None) -> AsyncIterator[RecordedEvent]:
        """What happens from now on, or after a place in the log, each event once and in order, over breaks of the connection; never ends."""
        return resumed(_LogReader(self.http, filters or {}, after), self.http.connection.url, self._reconnect)

    def export_log(self, filters: Params | None = None) -> AsyncIterator[bytes]:
        """JSON lines that hang together by digests, in chunks; see `client.chain`. More filters: after, upto (places in the log)."""
        return self.http.chunks("/events/export", filters)


class _LogReader:
    def __init__(self, http: Http, filters: Params, after: int | None) -> None:
        self._http, self._filters, self._last = http, filters, after
        self.ended = False
        self.answered_at = time.monotonic()

    async def read(self) -> AsyncIterator[RecordedEvent]:
        begin: dict[str, Any] = {} if self._last is None else {"after": self._last}
        headers = {"Accept": "text/event-stream"}
        params = {**self._filters, **begin}
        async with self._http.stream("/events/stream", params, headers, read_timeout_s=SILENCE_S) as response:
            async for message in httpx2.EventSource(response):
                self.answered_at = time.monotonic()
                sequence = int(message.id) if message.id else self._last
                if message.event == "event" and (self._last is None or sequence is None or sequence > self._last):
                    self._last = sequence
                    yield RecordedEvent.read(object_of(message))
                else:
                    self._last = sequence
