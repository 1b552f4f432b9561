"""Letting runners in by their key, and turning them out, at a real broker."""

from __future__ import annotations

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
async def door(make_broker: Callable[[], Awaitable[Services]]) -> AsyncIterator[Door]:
    broker = await make_broker()
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


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"  # nats-py leaves the writer of each refused reconnection to the collector
)
async def test_a_runner_that_is_turned_out_stays_out(door: Door) -> None:
    seed, runner = door.enrol()
    nc = await door.enter(seed, runner)
    door.keys.clear()
    assert await door.presence.turn_out(runner) == 1
    with pytest.raises(BrokerUnreachableError):
        await door.enter(seed, runner, timeout_s=3.0)
    await nc.close()


def test_what_is_a_key() -> None:
    key = public_key(user_seed())
    assert is_user_key(key)
    assert not is_user_key(key[:-1] + ("A" if key[-1] != "A" else "B"))
    assert not is_user_key("")
    assert not is_user_key("U" * 56)
