from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from client.client import Client
from client.connection import Connection
from client.http import Patience
from client.live import Reconnect
from core.events.envelope import Origin
from core.events.ids import AccountId, Aggregate, CommandId, Platform, new_id
from core.events.runner import Appeared, Described, Enrolled, Pool, SandboxKind
from core.events.subjects import AggregateKey
from core.events.values import EngineOffer
from core.nats.connection import connect
from core.nats.log import EventLog
from infra.cli.main import app
from infra.embedded.stack import Stack
from tests.integration.client.scripted import TOKEN, Script, make_app, serving

PART = 4096
NOBODY = UUID(int=0)

Run = Callable[..., Coroutine[None, None, Result]]


@dataclass(frozen=True)
class Scripted:
    """A server that misbehaves as its script says, and a client of it."""

    script: Script
    url: str
    client: Client


@pytest.fixture
async def scripted() -> AsyncIterator[Scripted]:
    script = Script()
    async with serving(make_app(script)) as url, patient_client(url) as client:
        yield Scripted(script, url, client)


def patient_client(url: str, token: str = TOKEN) -> Client:
    return Client(
        Connection(url, token),
        patience=Patience(first_s=10, within_s=10, wait_max_s=0.02),
        reconnect=Reconnect(wait_s=0.01, within_s=0.5),
    )


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A stack without a runner, whose log says that there once was one."""
    home = tmp_path_factory.mktemp("client") / "home"
    async with Stack(home, settings={"MGEPROF_API_PART_SIZE": str(PART)}) as running:
        await running.start()
        await describe_a_runner(running.services.environment)
        yield running


async def describe_a_runner(environment: dict[str, str]) -> None:
    nc = await connect(environment["MGEPROF_NATS_URL"], environment["MGEPROF_NATS_CORE_SEED"], name="test")
    log, key, last = EventLog(nc), AggregateKey(Aggregate.RUNNER, Platform.X86, new_id()), 0
    offer = EngineOffer(version="1.13.0", driver="megengine", build="1.13.0+abc")
    described = Described(
        engines=(offer,),
        slots=1,
        cpu="A CPU",
        cores=2,
        memory=1 << 30,
        kernel="6",
        software="0.1.0",
        sandbox=SandboxKind.BUBBLEWRAP,
    )
    for fact in (Enrolled(pool=Pool.PUBLIC), described, Appeared()):
        origin = Origin(CommandId(new_id()), AccountId(NOBODY), NOBODY, new_id())
        last = (await log.append(key, fact, origin, expected=last)).sequence
    await nc.close()


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[Client]:
    async with Client.find(home=stack.home.path) as found:
        yield found


@pytest.fixture
def run(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "140")

    async def invoke(command: str, *arguments: str | Path) -> Result:
        told = [command, *map(str, arguments), "--home", str(stack.home.path)]
        return await asyncio.to_thread(CliRunner().invoke, app, told)

    return invoke


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file that begins like a dumped graph, of several parts, different in each test."""
    file = tmp_path / "net.mge"
    size = 9 * PART + 17
    header = (size - 4).to_bytes(4, "little") + bytes(4) + b"mgv2"
    file.write_bytes(header + random.Random(str(tmp_path)).randbytes(size - len(header)))
    return file


@pytest.fixture
def array(tmp_path: Path) -> Path:
    file = tmp_path / "cat.npy"
    description = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }".ljust(117) + "\n"
    file.write_bytes(b"\x93NUMPY\x01\x00" + len(description).to_bytes(2, "little") + description.encode() + bytes(12))
    return file
