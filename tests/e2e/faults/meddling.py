"""Who hears everything and says it again, and who says what is not so."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import ValidationError

from core.events import subjects
from core.events.ids import Platform, RunnerId, new_id
from core.protocol.calls import BEAT, BYE, HELLO, READY, URLS, Beat, Bye, Ready, Urls, UrlsRequest
from core.protocol.orders import AttemptRef, Report
from tests.unit.domain.task_facts import completed

FORGED = 666
"""The analyser that forged results name: no honest one."""
_REMEMBERED = 100


class Echo:
    """Hears orders, reports and calls as the control plane does. While ``loud`` it publishes again what it has heard: late, twice, in another order."""

    def __init__(self, nc: Client, rng: random.Random) -> None:
        self._nc, self._rng = nc, rng
        self._heard: dict[str, list[Msg]] = {}
        self.holders: dict[RunnerId, tuple[AttemptRef, ...]] = {}
        """What each runner said last that it runs."""
        self.said_again: Counter[str] = Counter()

    async def begin(self) -> None:
        for subject in ("dispatch.*.*", "report.*.*.*.*", "rpc.*.*"):
            await self._nc.subscribe(subject, cb=self._hear)

    def running(self) -> list[tuple[RunnerId, AttemptRef]]:
        return [(runner, ref) for runner, refs in self.holders.items() for ref in refs]

    async def be_loud(self, seconds: float) -> None:
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            for heard in list(self._heard.values()):
                for message in self._rng.sample(heard, min(len(heard), self._rng.randint(1, 4))):
                    await self._say_again(message)
            await asyncio.sleep(self._rng.uniform(0.0, 0.05))

    async def wipe(self, stream: str, *, whole: bool) -> None:
        """Empty a stream, or take it away with all its consumers."""
        js = self._nc.jetstream(timeout=5)
        with suppress(NatsError, TimeoutError):
            await (js.delete_stream(stream) if whole else js.purge_stream(stream))

    async def _say_again(self, message: Msg) -> None:
        """As a new message, or with the id that it had."""
        headers = dict(message.headers or {})
        if "Nats-Msg-Id" in headers and self._rng.random() < 0.7:
            headers["Nats-Msg-Id"] = str(new_id())
        with suppress(NatsError, ConnectionError):
            await self._nc.publish(message.subject, message.data, headers=headers or None)
            self.said_again[message.subject.split(".")[0]] += 1

    async def _hear(self, message: Msg) -> None:
        kind, runner, *rest = message.subject.split(".")
        if kind == "rpc" and rest[0] == BEAT:
            with suppress(ValidationError, ValueError):
                beat = Beat.model_validate_json(message.data)
                self.holders[RunnerId(UUID(runner))] = beat.attempts
        if kind != "rpc" or rest[0] in {BEAT, READY}:
            heard = self._heard.setdefault(kind, [])
            heard.append(message)
            del heard[:-_REMEMBERED]


class Forger:
    """Has the key of an enrolled runner, and tries to end, take or spoil what others do."""

    def __init__(self, nc: Client, me: RunnerId, echo: Echo, enter: Callable[[], Awaitable[Client]]) -> None:
        self._nc, self._me, self._echo, self._enter = nc, me, echo, enter
        self.tried: Counter[str] = Counter()
        self.served = 0
        """How often it was given what was not its own."""

    async def forge(self, seconds: float) -> None:
        if self._nc.is_closed:  # nobody could say who it is while the broker asked
            self._nc = await self._enter()
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            for runner, ref in self._echo.running():
                with suppress(NatsError, ConnectionError):
                    await self._at(runner, ref)
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        await self._nc.close()

    async def _at(self, victim: RunnerId, ref: AttemptRef) -> None:
        result = completed(ref.attempt).model_copy(update={"analyser": FORGED})
        report = Report(id=new_id(), ref=ref, result=result).model_dump_json().encode()
        for whose in (self._me, victim):
            await self._say("report", subjects.report(whose, ref.task, ref.attempt, "completed"), report)
            await self._say("beat", subjects.rpc(whose, BEAT), _beat(ref))
            await self._say("ready", subjects.rpc(whose, READY), Ready(free=9).model_dump_json().encode())
        await self._say("bye", subjects.rpc(victim, BYE), Bye().model_dump_json().encode())
        await self._say("hello", subjects.rpc(victim, HELLO), b"{}")
        consumer = subjects.dispatch_consumer(victim)
        for sequence in range(1, 6):
            ack = f"$JS.ACK.DISPATCH.{consumer}.1.{sequence}.{sequence}.1700000000000000000.0"
            await self._say("ack", ack, b"+TERM")
        await self._say("order", f"$JS.API.CONSUMER.MSG.NEXT.DISPATCH.{consumer}", b"1", f"_INBOX_{self._me}.stolen")
        forged_event = f"task.{Platform.X86}.{ref.task}.completed"
        for reply in (forged_event, "$JS.API.STREAM.PURGE.DISPATCH", "$JS.API.STREAM.DELETE.EVENTS"):
            await self._say("reply", subjects.rpc(self._me, BEAT), _beat(ref), reply)
        await self._say("event", forged_event, result.model_dump_json().encode())
        await self._ask_for_urls(ref)

    async def _say(self, what: str, subject: str, payload: bytes, reply: str = "") -> None:
        await self._nc.publish(subject, payload, reply=reply)
        self.tried[what] += 1

    async def _ask_for_urls(self, ref: AttemptRef) -> None:
        request = UrlsRequest(ref=ref, put=("profile.json",)).model_dump_json().encode()
        self.tried["urls"] += 1
        with suppress(NatsError, TimeoutError, ValidationError):
            answer = await self._nc.request(subjects.rpc(self._me, URLS), request, timeout=0.5)
            urls = Urls.model_validate_json(answer.data)
            self.served += not urls.refused


def _beat(ref: AttemptRef) -> bytes:
    return Beat(free=9, attempts=(ref,), load=0.0).model_dump_json().encode()
