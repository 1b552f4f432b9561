"""The real services, once for all integration tests, and what gives each test its own corner of them."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from infra.embedded.part import BackOff
from infra.embedded.services import Services

MakeDatabase = Callable[[str | None], Awaitable[str]]
MakeBroker = Callable[[], Awaitable[Services]]


@pytest.fixture(scope="session")
async def services(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    """nats-server, PostgreSQL and S3, shared: nobody kills these. `services.environment` holds the MGEPROF_ variables."""
    async with Services(tmp_path_factory.mktemp("services")) as running:
        yield running


@pytest.fixture
async def make_database(services: Services) -> AsyncIterator[MakeDatabase]:
    """Makes databases of the test's own, empty or as copies of another (that nobody is connected to); gives their URLs."""
    server = await asyncpg.connect(services.environment["MGEPROF_DATABASE_URL"])
    made: list[str] = []

    async def make(template: str | None = None) -> str:
        name = f"test_{uuid.uuid4().hex}"
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}")
        made.append(name)
        return services.environment["MGEPROF_DATABASE_URL"].rpartition("/")[0] + f"/{name}"

    yield make
    for name in made:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


@pytest.fixture
async def database_url(make_database: MakeDatabase) -> str:
    """An empty database of the test's own."""
    return await make_database(None)


@pytest.fixture
def bucket() -> str:
    """The name of a bucket of the test's own; it is not made yet."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def environment(services: Services, database_url: str, bucket: str) -> dict[str, str]:
    """The MGEPROF_ variables of the shared services, with the test's own database and bucket."""
    return {**services.environment, "MGEPROF_DATABASE_URL": database_url, "MGEPROF_S3_BUCKET": bucket}


@pytest.fixture
async def make_broker(tmp_path: Path) -> AsyncIterator[MakeBroker]:
    """Starts nats-servers of the test's own, to fill with streams, kill and restart: `broker["nats"].kill()`."""
    async with contextlib.AsyncExitStack() as stack:
        started = 0

        async def make() -> Services:
            nonlocal started
            started += 1
            quick = BackOff(first_s=0.05)
            return await stack.enter_async_context(Services(tmp_path / f"broker-{started}", {"nats"}, back_off=quick))

        yield make


@pytest.fixture
async def broker(make_broker: MakeBroker) -> Services:
    """One nats-server of the test's own."""
    return await make_broker()
