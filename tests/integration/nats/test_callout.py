"""Letting runners in by their key, and turning them out, at a real broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from nats.aio.client import Client

from core.events.ids import Platform, RunnerId, TaskId, new_id
from core.events.subjects import DISPATCH, EVENTS, REPORTS, dispatch, report, rpc
from core.nats.callout import Callout, is_user_key
from core.nats.connection import BrokerUnreachableError, connect
from core.nats.presence import Presence
from core.nats.streams import StreamSettings, ensure_events, ensure_orders_of, ensure_work
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


async def test_a_runner_reaches_neither_the_log_nor_other_runners(door: Door, broker_of_door: Services) -> None:
    """By its own subjects, by reply subjects, and by forged acknowledgements."""
    url, secrets = door.url, broker_of_door.secrets
    core = await connect(url, secrets.nats_core, name="test")
    run = await connect(url, secrets.nats_run, name="test")
    settings = StreamSettings()
    await ensure_events(core.jetstream(), settings)
    await ensure_work(run.jetstream(), settings)
    seed, me = door.enrol()
    _, other = door.enrol()
    for runner in (me, other):
        await ensure_orders_of(run.jetstream(), Platform.X86, runner, settings)
        await run.jetstream().publish(dispatch(Platform.X86, runner), b"order")
    nc = await door.enter(seed, me)
    nothing = f"task.x86.{new_id()}.completed"
    mine = f"$JS.API.CONSUMER.MSG.NEXT.DISPATCH.runner-{me}"
    for subject, reply in (
        (nothing, ""),
        (report(other, TaskId(new_id()), 1, "completed"), ""),
        (rpc(other, "beat"), ""),
        (mine, nothing),
        (mine, "$JS.API.STREAM.DELETE.DISPATCH"),
        (rpc(me, "beat"), "$JS.API.STREAM.PURGE.REPORTS"),
        (f"$JS.API.CONSUMER.MSG.NEXT.DISPATCH.runner-{other}", f"_INBOX_{me}.stolen"),
        (f"$JS.API.CONSUMER.DELETE.DISPATCH.runner-{other}", ""),
        (f"$JS.ACK.DISPATCH.runner-{other}.1.2.1.0.0", ""),
        ("$JS.API.STREAM.DELETE.DISPATCH", ""),
    ):
        await nc.publish(subject, b"{}", reply=reply)
    await nc.flush(timeout=20)
    await asyncio.sleep(0.5)
    assert (await core.jetstream().stream_info(EVENTS)).state.messages == 0
    assert (await run.jetstream().stream_info(REPORTS)).state.messages == 0
    waiting = await run.jetstream().consumer_info(DISPATCH, f"runner-{other}")
    assert (waiting.num_pending, waiting.num_ack_pending) == (1, 0)
    for client in (nc, run, core):
        await client.close()
