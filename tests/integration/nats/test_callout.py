"""Letting runners in by their key, and turning them out, at a real broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from nats.aio.client import Client

from core.events.ids import RunnerId, new_id
from core.nats.callout import Callout, is_user_key
from core.nats.connection import BrokerUnreachableError, connect
from core.nats.presence import Presence
from infra.embedded.home import public_key, user_seed
from infra.embedded.services import Services

REFUSES_AFTER_S = 6.0
"""The broker waits 5 s for who can say whom to let in."""


@dataclass
class Door:
    """A broker, the callout at it, and the keys that it lets in."""

    url: str
    presence: Presence
    keys: dict[str, RunnerId] = field(default_factory=dict)

    async def admit(self, key: str) -> RunnerId | None:
        return self.keys.get(key)

    def enrol(self) -> tuple[str, RunnerId]:
        seed, runner = user_seed(), RunnerId(new_id())
        self.keys[public_key(seed)] = runner
        return seed, runner

    async def enter(self, seed: str, runner: RunnerId, timeout_s: float = 20.0) -> Client:
        return await connect(self.url, seed, name="a runner", inbox_prefix=f"_INBOX_{runner}", timeout_s=timeout_s)


@pytest.fixture
async def broker_of_door(make_broker: Callable[[], Awaitable[Services]]) -> Services:
    return await make_broker()


@pytest.fixture
async def door(broker_of_door: Services) -> AsyncIterator[Door]:
    broker = broker_of_door
    url, secrets = broker.environment["MGEPROF_NATS_URL"], broker.secrets
    auth = await connect(url, secrets.nats_auth, name="callout")
    system = await connect(url, secrets.nats_sys, name="callout")
    door = Door(url, Presence(system))
    await Callout(auth, secrets.nats_issuer, secrets.nats_xkey, door.admit, time.time).serve()
    yield door
    await auth.close()
    await system.close()


async def test_an_enrolled_runner_gets_in(door: Door) -> None:
    seed, runner = door.enrol()
    nc = await door.enter(seed, runner)
    assert nc.is_connected
    await nc.close()


async def test_a_stranger_does_not_get_in(door: Door) -> None:
    with pytest.raises(BrokerUnreachableError):
        await door.enter(user_seed(), RunnerId(new_id()), timeout_s=3.0)


async def test_a_runner_that_is_turned_out_stays_out(door: Door) -> None:
    seed, runner = door.enrol()
    nc = await door.enter(seed, runner)
    door.keys.clear()
    assert await door.presence.turn_out(runner) == 1
    with pytest.raises(BrokerUnreachableError):
        await door.enter(seed, runner, timeout_s=3.0)
    await nc.close()


@dataclass
class Absent:
    """A callout that is there or not; who is admitted is no question."""

    broker: Services
    seed: str = field(default_factory=user_seed)
    runner: RunnerId = field(default_factory=lambda: RunnerId(new_id()))
    asked: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def come(self) -> Client:
        url, prefix = self.broker.environment["MGEPROF_NATS_URL"], f"_INBOX_{self.runner}"
        return await connect(
            url, self.seed, name="a runner", inbox_prefix=prefix, closed=self.gone.set, refusals_pass=True
        )

    async def serve(self) -> Client:
        secrets = self.broker.secrets
        auth = await connect(self.broker.environment["MGEPROF_NATS_URL"], secrets.nats_auth, name="callout")
        await Callout(auth, secrets.nats_issuer, secrets.nats_xkey, self._admit, time.time).serve()
        return auth

    async def _admit(self, _key: str) -> RunnerId:
        self.asked += 1
        return self.runner


async def test_a_runner_that_comes_while_nobody_can_say_who_it_is_tries_again(broker_of_door: Services) -> None:
    """The broker's words are those that it has for strangers, and the library took its silence before them for a welcome."""
    absent = Absent(broker_of_door)
    coming = asyncio.create_task(absent.come())
    await asyncio.sleep(REFUSES_AFTER_S)
    assert not coming.done()
    auth = await absent.serve()
    nc = await coming
    assert (nc.is_connected, absent.gone.is_set()) == (True, False)
    await nc.close()
    await auth.close()


@pytest.mark.soak
async def test_a_runner_that_comes_back_while_nobody_can_say_who_it_is_tries_again(broker_of_door: Services) -> None:
    absent = Absent(broker_of_door)
    auth = await absent.serve()
    nc = await absent.come()
    await auth.close()
    await broker_of_door["nats"].kill()
    await broker_of_door["nats"].until_ready()
    await asyncio.sleep(3 * REFUSES_AFTER_S)
    absent.asked = 0
    auth = await absent.serve()
    async with asyncio.timeout(60):
        while not (absent.asked and nc.is_connected):  # noqa: ASYNC110 - the library tells of neither
            await asyncio.sleep(0.1)
    await asyncio.sleep(REFUSES_AFTER_S)
    assert (nc.is_connected, absent.gone.is_set()) == (True, False)
    await nc.close()
    await auth.close()


def test_what_is_a_key() -> None:
    key = public_key(user_seed())
    assert is_user_key(key)
    assert not is_user_key(key[:-1] + ("A" if key[-1] != "A" else "B"))
    assert not is_user_key("")
    assert not is_user_key("U" * 56)
