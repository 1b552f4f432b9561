"""The account VIEW: sees what was stored, and can do nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from uuid import UUID

import nats
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from nats.aio.client import Client
from nats.aio.msg import Msg

from core.events import account, task
from core.events.cloud import SOURCE
from core.events.envelope import Origin
from core.events.ids import AccountId, CommandId, ModelId, Platform, TaskId, new_id
from core.events.subjects import account_key, task_key
from core.events.values import ProfileOptions
from core.nats.log import ConflictError, EventLog
from infra.embedded.nats_server import VIEWED
from infra.embedded.services import Services

SOON_S = 0.3
"""What has not come by then is not coming: one machine, nothing else to do."""


class View:
    """A client of VIEW that keeps what it gets, and what it is told about its permissions."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.got: list[Msg] = []
        self.nc = Client()

    async def heard(self, message: Msg) -> None:
        self.got.append(message)

    async def failed(self, error: Exception) -> None:
        self.errors.append(str(error))


@pytest.fixture
async def view(broker: Services) -> AsyncIterator[View]:
    view = View()
    url, seed = broker.environment["MGEPROF_NATS_URL"], broker.secrets.nats_view
    view.nc = await nats.connect(url, nkeys_seed_str=seed, error_cb=view.failed)
    yield view
    await view.nc.close()


def an_origin() -> Origin:
    owner = AccountId(new_id())
    return Origin(CommandId(new_id()), owner, owner, new_id())


def submitted() -> task.Submitted:
    return task.Submitted(
        kind=task.TaskKind.PROFILE,
        model_id=ModelId(new_id()),
        model="0" * 64,
        inputs=(),
        request="1" * 64,
        engine="1.13.0",
        options=ProfileOptions(),
    )


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not there():  # noqa: ASYNC110 - what is waited for happens elsewhere
            await asyncio.sleep(0.01)


async def test_it_hears_what_was_stored_and_only_that(log: EventLog, view: View) -> None:
    for subject in VIEWED:
        await view.nc.subscribe(subject, cb=view.heard)
    await view.nc.flush()
    key, origin = task_key(Platform.X86, TaskId(new_id())), an_origin()
    stored = await log.append(key, submitted(), origin, expected=0)
    with pytest.raises(ConflictError):
        await log.append(key, task.CancelRequested(), an_origin(), expected=0)
    await log.append(account_key(origin.owner), account.Disabled(), an_origin(), expected=0)
    await log.append(key, task.Cancelled(attempt=0), an_origin(), expected=stored.sequence)
    await until(lambda: len(view.got) >= 2)
    await asyncio.sleep(SOON_S)
    assert [message.subject.rpartition(".")[2] for message in view.got] == ["submitted", "cancelled"]
    assert not view.errors


async def test_what_it_hears_are_cloud_events(log: EventLog, view: View) -> None:
    await view.nc.subscribe("log.task.*.*.submitted", cb=view.heard)
    await view.nc.flush()
    key, origin = task_key(Platform.ARM, TaskId(new_id())), an_origin()
    stored = await log.append(key, submitted(), origin, expected=0)
    await until(lambda: bool(view.got))
    [message] = view.got
    headers = dict(message.headers or {})
    event = from_http_event(HTTPMessage(headers=headers, body=message.data))
    assert event.get_type() == "task.submitted"
    assert (event.get_source(), event.get_subject()) == (SOURCE, f"task.arm.{key.id}")
    assert headers["Nats-Sequence"] == str(stored.sequence)
    assert datetime.fromisoformat(headers["Nats-Time-Stamp"][:19] + "+00:00") <= datetime.now(UTC)
    data = event.get_data()
    assert isinstance(data, dict)
    assert UUID(event.get_id()) == UUID(data["id"])
    assert (data["owner"], data["data"]["engine"]) == (str(origin.owner), "1.13.0")


FORBIDDEN_TO_HEAR = [
    *(">", "*", "log.>", "log.account.>", "task.>", "*.*.*.*", "rpc.>", "ctl.>", "report.>", "dispatch.>"),
    *("_INBOX.>", "$JS.>", "$JS.API.>", "$JS.EVENT.>", "$SYS.>", "$KV.>"),
]
FORBIDDEN_TO_SAY = [
    *("task.x86.{id}.completed", "log.task.x86.{id}.completed", "account.any.{id}.role_changed", "rpc.{id}.ready"),
    *("ctl.{id}.stop", "report.{id}.{id}.1.completed", "dispatch.x86.{id}", "anything", "_INBOX.{id}"),
    *("$JS.API.INFO", "$JS.API.STREAM.DELETE.EVENTS", "$JS.API.STREAM.PURGE.EVENTS", "$JS.API.STREAM.CREATE.MINE"),
    *(
        "$JS.API.STREAM.MSG.GET.EVENTS",
        "$JS.API.DIRECT.GET.EVENTS",
        "$JS.API.CONSUMER.CREATE.EVENTS",
        "$SYS.REQ.USER.AUTH",
    ),
]


async def test_it_can_hear_nothing_else(core: Client, log: EventLog, view: View) -> None:
    for subject in FORBIDDEN_TO_HEAR:
        await view.nc.subscribe(subject, cb=view.heard)
    await view.nc.flush()
    await log.append(account_key(AccountId(new_id())), account.Disabled(), an_origin(), expected=0)
    await log.append(task_key(Platform.X86, TaskId(new_id())), submitted(), an_origin(), expected=0)
    for subject in ("anything", "rpc.a.ready", "_INBOX.a"):
        await core.publish(subject, b"secret")
    await core.flush()
    await asyncio.sleep(SOON_S)
    assert not view.got
    assert len(view.errors) >= len(FORBIDDEN_TO_HEAR)


async def test_it_can_say_nothing(core: Client, broker: Services, log: EventLog, view: View) -> None:
    heard: list[Msg] = []

    async def hear(message: Msg) -> None:
        heard.append(message)

    run = await nats.connect(
        broker.environment["MGEPROF_NATS_URL"], nkeys_seed_str=broker.environment["MGEPROF_NATS_RUN_SEED"]
    )
    for client in (core, run):
        for subject in ("task.>", "account.>", "log.>", "rpc.>", "ctl.>", "report.>", "dispatch.>", "anything"):
            await client.subscribe(subject, cb=hear)
        await client.flush()
    before = await log.last_sequence()
    for subject in FORBIDDEN_TO_SAY:
        # A permitted subject with a forbidden reply would be another way in: there is no permitted subject.
        await view.nc.publish(subject.format(id=new_id()), b"{}", reply="$JS.API.STREAM.DELETE.EVENTS")
    await view.nc.flush()
    await asyncio.sleep(SOON_S)
    await run.close()
    assert not heard
    assert await log.last_sequence() == before
    assert len(view.errors) >= len(FORBIDDEN_TO_SAY)


async def test_it_has_no_jetstream(view: View) -> None:
    with pytest.raises((nats.errors.Error, TimeoutError)):
        await asyncio.wait_for(view.nc.jetstream(timeout=SOON_S).account_info(), 2)
