"""The real thing, whole: every process of mgeprof on a home of its own, and the users who work with it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import pytest

from client.client import Client
from client.connection import Connection
from core.events.account import Role
from core.nats.connection import connect
from core.nats.log import EventLog
from core.postgres.connection import open_pool
from infra.embedded.part import BackOff
from infra.embedded.stack import Stack
from infra.engines.environment import engine
from tests.e2e.collector import Collector, collecting
from tests.e2e.user import CommandLine, User
from tests.integration.api.members import add_member
from tests.integration.api.user import Json

BUILD = Path(__file__).parents[2] / "infra" / "examples" / "build.py"
INPUTS = {"resnet": ("data",), "two_inputs": ("image", "numbers")}
"""The example models and their inputs."""
MODEL_LIMIT = 2 * 2**20
"""Bytes that a model may have on the shared stack: more than the examples, less than a test minds to make."""
PART = 8192
"""Bytes of a part on the shared stack, so that the example models have several."""
ORDER = ("--platform", "x86", "--engine", "1.13.0")

MakeStack = Callable[[Mapping[str, str]], Awaitable[Stack]]
MakeUser = Callable[..., Awaitable[User]]


@pytest.fixture(scope="session")
def examples(engine_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example models and the broken ones, and inputs for each."""
    folder = tmp_path_factory.mktemp("examples")
    subprocess.run([engine_python, "-W", "ignore", BUILD, folder, "--broken"], check=True)
    return folder


@pytest.fixture(scope="session")
def resnet(examples: Path) -> bytes:
    """The residual network's file."""
    return (examples / "resnet.mge").read_bytes()


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Gets the spans of the shared stack."""
    with collecting() as running:
        yield running


@pytest.fixture(scope="session")
async def stack(examples: Path, collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Everything, shared by the tests that kill nothing. `stack.url`, `stack.services.secrets.token`, `stack.services.environment`."""
    settings = {
        "MGEPROF_API_PART_SIZE": str(PART),
        "MGEPROF_API_MODEL_LIMIT": str(MODEL_LIMIT),
        "MGEPROF_ACCOUNTS_GUESTS": "true",
        "MGEPROF_TRACES_URL": collector.url,
    }
    home = tmp_path_factory.mktemp("stack")
    (home / "examples").mkdir()
    for name in ("resnet.mge", "resnet-data.npy"):
        (home / "examples" / name).symlink_to(examples / name)
    async with Stack(home, engines=(engine("1.13.0"),), settings=settings) as running:
        await running.start()
        yield running


@pytest.fixture
async def make_stack(engine_python: Path, tmp_path: Path) -> AsyncIterator[MakeStack]:  # noqa: ARG001 - it must be there
    """Starts stacks of the test's own, with further MGEPROF_ settings; kill with `stack.keepers["api"].kill()`."""
    async with contextlib.AsyncExitStack() as running:
        started = 0

        async def make(settings: Mapping[str, str]) -> Stack:
            nonlocal started
            started += 1
            engines, quick = (engine("1.13.0"),), BackOff(first_s=0.05, longest_s=1.0)
            own = Stack(tmp_path / f"stack-{started}", engines=engines, back_off=quick, settings=settings)
            await running.enter_async_context(own)
            await own.start()
            return own

        yield make


@pytest.fixture(scope="session")
def mgeprof(stack: Stack) -> CommandLine:
    """The command line against the shared stack."""
    return CommandLine.of(stack)


@pytest.fixture(scope="session")
async def user(stack: Stack) -> AsyncIterator[User]:
    """Plain HTTP to the shared stack."""
    user = User.of(stack)
    async with user.http:
        yield user


@pytest.fixture
async def make_user(stack: Stack) -> AsyncIterator[MakeUser]:
    """Makes people with accounts and keys on the shared stack; both arguments may be left out."""
    known = stack.services.environment
    async with contextlib.AsyncExitStack() as opened:
        pool = await open_pool(known["MGEPROF_DATABASE_URL"], size=1, search_path="api")
        opened.push_async_callback(pool.close)
        nc = await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_CORE_SEED"], name="test")
        opened.push_async_callback(nc.close)

        async def make(name: str | None = None, role: Role = Role.USER) -> User:
            person = User.with_token(stack, (await add_member(pool, EventLog(nc), name, role)).key)
            await opened.enter_async_context(person.http)
            async with asyncio.timeout(30):
                while (await person.http.get("/api/v1/me")).status_code != 200:  # noqa: ASYNC110 - another process's event
                    await asyncio.sleep(0.05)
            return person

        yield make


@pytest.fixture(scope="session")
async def client(stack: Stack) -> AsyncIterator[Client]:
    """Our Python client of the shared stack."""
    async with Client(Connection(stack.url, stack.services.secrets.token)) as client:
        yield client


@pytest.fixture(scope="session")
async def by_command_line(mgeprof: CommandLine, examples: Path) -> dict[str, Json]:
    """Both examples as `mgeprof submit --wait --json` prints them: 7 clean iterations, 2 warm-ups, 3 profiled passes."""
    return {name: await _submit_and_wait(mgeprof, examples, name) for name in INPUTS}


async def _submit_and_wait(mgeprof: CommandLine, examples: Path, name: str) -> Json:
    data = [word for one in INPUTS[name] for word in ("--data", f"{one}={examples / f'{name}-{one}.npy'}")]
    counts = ("--iterations", 7, "--warmup", 2, "--passes", 3)
    model = examples / f"{name}.mge"
    said = await mgeprof("submit", model, *data, *ORDER, *counts, "--name", f"typed {name}", "--wait", "--json")
    assert said.code == 0, said.err
    task: Json = said.json
    return task


@pytest.fixture(scope="session")
async def by_api(user: User, examples: Path) -> dict[str, Json]:
    """Both examples through plain HTTP, with one profiled pass: so the figures of that pass are the task's figures."""
    tasks = [await _post(user, examples, name) for name in INPUTS]
    return {name: await user.ended(task["id"]) for name, task in zip(INPUTS, tasks, strict=True)}


async def _post(user: User, examples: Path, name: str) -> Json:
    model = await user.upload("model", examples / f"{name}.mge")
    inputs = {one: await user.upload("input", examples / f"{name}-{one}.npy") for one in INPUTS[name]}
    options = {"iterations": 5, "profiled_passes": 1}
    return await user.submit(model=model, inputs=inputs, name=f"posted {name}", options=options)
