"""Runners that are nothing but their words: many in one process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import perf_counter

from nats.aio.client import Client

from bench.fleet.null_runner import null_description
from core.events.ids import Platform, RunnerId, new_id
from core.nats.edge import ControlPlaneSilentError, RunnerLink
from core.protocol.calls import BEAT, HELLO, READY, Beat, BeatAnswer, Hello, Ready, Welcome
from core.protocol.orders import AttemptRef

SLOTS = 48


class SimulatedRunner:
    """Says hello, is ready, takes orders and beats for what it has. ``waits``: seconds from each ready to its order; ``served`` is called after each order."""

    def __init__(self, nc: Client, runner: RunnerId | None = None) -> None:
        self.id = runner or RunnerId(new_id())
        self._link = RunnerLink(nc, self.id, timeout_s=20.0)
        self._held: list[AttemptRef] = []
        self._asked: deque[float] = deque()
        self._beat_now = asyncio.Event()
        self.served: Callable[[SimulatedRunner], Awaitable[None]] = _nothing
        self.waits: list[float] = []

    @property
    def full(self) -> bool:
        """Whether all its slots are taken, or asked for: what it took never ends."""
        return len(self._held) + len(self._asked) >= SLOTS

    async def hello(self) -> None:
        welcome = await self._link.call(
            HELLO, Hello(platform=Platform.X86, description=null_description(SLOTS)), Welcome
        )
        assert welcome.refused is None, welcome.refused

    async def ready(self, free: int = 1, since: float | None = None) -> None:
        """So many slots are free, ``since`` then or now; none may be that waits for its order."""
        self._asked.extend([since or perf_counter()] * free)
        await self._link.tell(READY, Ready(free=free))

    async def take_orders(self) -> None:
        """For ever; has the beats' loop beat as soon as it has one, as the daemon does."""
        async for message in self._link.orders():
            await message.accept()
            if message.ref in self._held:
                continue
            if not self._asked:
                raise AssertionError(f"runner {self.id} was given {message.ref}, and had no slot free")
            self.waits.append(perf_counter() - self._asked.popleft())
            self._held.append(message.ref)
            self._beat_now.set()
            await self.served(self)

    async def beat_for_ever(self, every_s: float, after_s: float) -> None:
        """The first beat after so long, unless there is an order before."""
        patience = after_s
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._beat_now.wait(), patience)
            self._beat_now.clear()
            await self.beat()
            patience = every_s

    async def beat(self) -> None:
        beat = Beat(free=len(self._asked), attempts=tuple(self._held), load=0.0)
        with suppress(ControlPlaneSilentError):
            await self._link.call(BEAT, beat, BeatAnswer)


async def _nothing(_runner: SimulatedRunner) -> None:
    """Nobody wants to know."""
