"""A runner's credentials against every subject and API of the control plane's accounts: by itself, as a reply subject, and by forged acknowledgements."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from core.events.ids import Aggregate, Platform, RunnerId, TaskId, new_id
from core.events.subjects import (
    DISPATCH,
    EVENTS,
    REPORTS,
    SCHEDULER_REPORTS,
    control_stop,
    dispatch,
    dispatch_consumer,
    live,
    report,
    rpc,
)
from core.nats.callout import EDGE, Callout
from core.nats.connection import connect
from core.nats.streams import StreamSettings, ensure_events, ensure_orders_of, ensure_work
from core.protocol.calls import BEAT, BYE, HELLO, READY, REMOVE, URLS
from infra.embedded.home import public_key, user_seed
from infra.embedded.services import Services
from tests.integration.nats.jetstream_api import api_subjects

ORDERS = 3
METHODS = (HELLO, READY, BEAT, URLS, BYE, REMOVE)
OTHER = RunnerId(UUID(int=2))
"""Another runner, with orders, some of them delivered, and a report that waits."""


@dataclass
class Ground:
    """Both accounts of the control plane, with something in each that could be spoilt."""

    url: str
    core: Client
    run: Client

    async def lay(self, runner: RunnerId) -> None:
        js = self.run.jetstream()
        for one in (runner, OTHER):
            await ensure_orders_of(js, Platform.X86, one, StreamSettings())
            for _ in range(ORDERS):
                await js.publish(dispatch(Platform.X86, one), b"order")
        await js.publish(report(OTHER, TaskId(new_id()), 1, "completed"), b"report")
        await self.core.jetstream().publish(f"task.x86.{new_id()}.submitted", b"event")
        consumer = await js.pull_subscribe_bind(dispatch_consumer(OTHER), DISPATCH)
        self.delivered: list[Msg] = await consumer.fetch(1, timeout=10)

    async def answer_calls(self) -> None:
        """As the control plane does: an answer goes wherever the caller wants it."""

        async def answer(message: Msg) -> None:
            if message.reply:
                await message.respond(b"{}")

        await self.run.subscribe("rpc.*.*", cb=answer)

    async def seen(self, runner: RunnerId) -> dict[str, object]:
        """All that is stored and configured, but for the runner's own consumer, orders and reports."""
        found: dict[str, object] = {}
        for nc, names in ((self.core, (EVENTS,)), (self.run, (DISPATCH, REPORTS))):
            js = nc.jetstream()
            assert {info.config.name for info in await js.streams_info()} == set(names)
            for name in names:
                info = await js.stream_info(name, subjects_filter=">")
                found[name] = info.config
                stored = info.state.subjects or {}
                found[f"{name} subjects"] = {key: n for key, n in stored.items() if str(runner) not in key}
                for consumer in await js.consumers_info(name):
                    if consumer.name != dispatch_consumer(runner):
                        state = (consumer.delivered, consumer.ack_floor, consumer.num_ack_pending)
                        found[f"{name} {consumer.name}"] = (consumer.config, state)
        return found


@pytest.fixture
async def ground(broker: Services) -> AsyncIterator[Ground]:
    known, secrets = broker.environment, broker.secrets
    url = known["MGEPROF_NATS_URL"]
    core, run = await connect(url, secrets.nats_core, name="test"), await connect(url, secrets.nats_run, name="test")
    await ensure_events(core.jetstream(), StreamSettings())
    await ensure_work(run.jetstream(), StreamSettings())
    yield Ground(url, core, run)
    await core.close()
    await run.close()


@dataclass
class Attacker:
    nc: Client
    runner: RunnerId


@pytest.fixture(params=["EDGE", "LOCAL"])
async def attacker(request: pytest.FixtureRequest, broker: Services, ground: Ground) -> AsyncIterator[Attacker]:
    """An enrolled runner, let in by the callout, and the stack's own, by its static key."""
    secrets, seed, runner = broker.secrets, user_seed(), RunnerId(new_id())
    if request.param == "LOCAL":
        seed, runner = secrets.nats_edge, RunnerId(UUID(secrets.runner_id))
    auth = await connect(ground.url, secrets.nats_auth, name="callout")

    async def admit(key: str) -> RunnerId | None:
        return runner if key == public_key(seed) else None

    await Callout(auth, secrets.nats_issuer, secrets.nats_xkey, admit, time.time).serve()
    nc = await connect(ground.url, seed, name="attacker", inbox_prefix=f"_INBOX_{runner}")
    yield Attacker(nc, runner)
    await nc.close()
    await auth.close()


async def test_nothing_that_a_runner_sends_has_an_effect_on_the_log_or_on_others(
    ground: Ground, attacker: Attacker
) -> None:
    me = attacker.runner
    await ground.lay(me)
    await ground.answer_calls()
    overheard = await listen(ground, me)
    before = await ground.seen(me)
    targets = forbidden(ground, me)
    for subject in targets:
        for payload in (b"", b"{}", json.dumps({"name": EVENTS, "subjects": [">"]}).encode()):
            await attacker.nc.publish(subject, payload)
    for carrier in carriers(me):
        for subject in targets:
            await attacker.nc.publish(carrier, b"{}", reply=subject)
    await attacker.nc.flush(timeout=30)
    await asyncio.sleep(0.5)
    assert len(targets) > 140
    assert await ground.seen(me) == before
    assert overheard == []
    await ground.delivered[0].ack_sync(timeout=10)


async def test_what_others_say_is_not_heard(ground: Ground, attacker: Attacker) -> None:
    me = attacker.runner
    await ground.lay(me)
    heard: list[str] = []

    async def hear(message: Msg) -> None:
        heard.append(message.subject)

    for subject in (
        *(">", "*.>", "report.>", "rpc.>", "dispatch.>", "ctl.>", "log.>", "task.>", "_INBOX.>", "$SYS.>", "$JS.>"),
        *(f"_INBOX_{OTHER}.>", f"ctl.{OTHER}.>", f"rpc.{OTHER}.>", f"report.{OTHER}.>"),
    ):
        with suppress(NatsError):
            await attacker.nc.subscribe(subject, cb=hear)
    await attacker.nc.flush(timeout=10)
    for subject in (control_stop(OTHER), rpc(OTHER, "beat"), f"_INBOX_{OTHER}.x", "_INBOX.x"):
        await ground.run.publish(subject, b"{}")
    await ground.run.jetstream().publish(report(OTHER, TaskId(new_id()), 1, "failed"), b"{}")
    await ground.core.jetstream().publish(f"task.x86.{new_id()}.queued", b"{}")
    await ground.core.flush(timeout=10)
    await ground.run.flush(timeout=10)
    await asyncio.sleep(0.3)
    assert heard == []


def carriers(me: RunnerId) -> list[str]:
    """What a runner may say, each with a reply subject of its choice."""
    consumer = dispatch_consumer(me)
    return [
        f"$JS.API.CONSUMER.MSG.NEXT.{DISPATCH}.{consumer}",
        f"$JS.ACK.{DISPATCH}.{consumer}.1.1.1.1.0",
        report(me, TaskId(new_id()), 1, "completed"),
        *(rpc(me, method) for method in METHODS),
        live(me, TaskId(new_id())),
    ]


def forbidden(ground: Ground, me: RunnerId) -> list[str]:
    """Whatever is not the runner's own."""
    own, others = dispatch_consumer(me), dispatch_consumer(OTHER)
    streams = {EVENTS: ("projector",), DISPATCH: (others, own), REPORTS: (SCHEDULER_REPORTS,)}
    mine = f"$JS.API.CONSUMER.MSG.NEXT.{DISPATCH}.{own}"
    subjects = [subject for subject in api_subjects(streams) if subject != mine]
    subjects += [ground.delivered[0].reply, f"$JS.ACK.{REPORTS}.{SCHEDULER_REPORTS}.1.1.1.1.0"]
    subjects += [f"$JS.ACK.{DISPATCH}.{others}.1.{n}.{n}.1.0" for n in range(1, 2 * ORDERS + 1)]
    subjects += [f"$JS.ACK._.RUN.{DISPATCH}.{others}.1.{n}.{n}.1.0" for n in range(1, 2 * ORDERS + 1)]
    subjects += [f"{aggregate}.x86.{new_id()}.{kind}" for aggregate in Aggregate for kind in ("completed", "deleted")]
    subjects += [f"log.task.x86.{new_id()}.completed", dispatch(Platform.X86, me), dispatch(Platform.X86, OTHER)]
    subjects += [report(OTHER, TaskId(new_id()), 1, kind) for kind in ("completed", "failed", "cancelled", "abandoned")]
    subjects += [rpc(OTHER, method) for method in METHODS]
    subjects += [live(OTHER, TaskId(new_id())), control_stop(OTHER), control_stop(me)]
    subjects += ["$SYS.REQ.USER.AUTH", "$SYS.REQ.SERVER.PING.CONNZ", f"$SYS.ACCOUNT.{EDGE}.CONNECT", "$KV.x.y", "$O.x"]
    return subjects


async def listen(ground: Ground, me: RunnerId) -> list[str]:
    """What arrives in both accounts and is not the runner's own, from now on; of requests to JetStream, those that are not this test's."""
    heard: list[str] = []
    own = (f"rpc.{me}.", f"report.{me}.", f"$JS.API.CONSUMER.MSG.NEXT.{DISPATCH}.{dispatch_consumer(me)}")
    mine = ("$JS.API.", "$JS.ACK.", "_INBOX.", "_R_.", dispatch(Platform.X86, me))
    """Of this test itself, or else seen by its effect. ``_R_``: what the broker puts in the place of a reply subject of another account."""

    async def hear(message: Msg) -> None:
        if message.subject == "$JS.EVENT.ADVISORY.API":
            asked = json.loads(message.data)
            if asked["client"].get("name") != "test":
                heard.append(f"{asked['client']} {asked['subject']}")
        elif not message.subject.startswith((*own, *mine)):
            heard.append(message.subject)

    for nc in (ground.core, ground.run):
        await nc.subscribe(">", cb=hear)
        await nc.flush(timeout=10)
    return heard
