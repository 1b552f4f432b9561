from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

import asyncpg
import httpx2
import pytest
from pydantic import SecretStr

from api.accounts.scopes import Scope
from api.app import make_app
from api.fleet.door import CalloutSettings
from api.parts import Parts
from api.server import live, make_server
from api.settings import ApiSettings
from api.webhooks.settings import WebhookSettings
from api.wiring import wired
from core.events.account import Role
from core.nats.connection import connect
from core.nats.streams import StreamSettings, ensure_events
from core.process import cancel_all
from core.s3.settings import S3Settings
from infra.embedded.nats_server import VIEW_SEED
from infra.embedded.services import Services
from projections.process import serve as serve_projector
from projections.settings import Settings as ProjectorSettings
from tests.integration.api.fleet import Fleet
from tests.integration.api.members import Member, add_member
from tests.integration.api.user import PART, User
from tests.integration.api.webhooks import Runs, quick


@pytest.fixture(scope="session")
async def stack(services: Services, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    """A broker with an empty log, a database and a bucket for all tests of the api; the MGEPROF_ variables of these."""
    known = services.environment
    name = f"test_api_{secrets.token_hex(4)}"
    server = await asyncpg.connect(known["MGEPROF_DATABASE_URL"])
    await server.execute(f"CREATE DATABASE {name}")
    async with Services(tmp_path_factory.mktemp("api-broker"), {"nats"}) as broker:
        await make_events(broker.environment)
        yield {
            **on_broker(known, broker),
            "MGEPROF_DATABASE_URL": known["MGEPROF_DATABASE_URL"].rpartition("/")[0] + f"/{name}",
            "MGEPROF_S3_BUCKET": name.replace("_", "-"),
            "TEST_VIEW_KEY": str(broker.home.path / "nats" / VIEW_SEED),
        }
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


def on_broker(known: dict[str, str], broker: Services) -> dict[str, str]:
    """The same services, but for another broker and whoever lets runners into it."""
    return known | {name: value for name, value in broker.environment.items() if "NATS" in name or "CALLOUT" in name}


async def make_events(environment: dict[str, str]) -> None:
    nc = await connect(environment["MGEPROF_NATS_URL"], environment["MGEPROF_NATS_CORE_SEED"], name="test")
    await ensure_events(nc.jetstream(), StreamSettings())
    await nc.close()


def api_settings(environment: dict[str, str]) -> ApiSettings:
    return ApiSettings(
        nats_url=environment["MGEPROF_NATS_URL"],
        nats_core_seed=SecretStr(environment["MGEPROF_NATS_CORE_SEED"]),
        nats_run_seed=SecretStr(environment["MGEPROF_NATS_RUN_SEED"]),
        database_url=SecretStr(environment["MGEPROF_DATABASE_URL"]),
        api_token_sha256=environment["MGEPROF_API_TOKEN_SHA256"],
        api_url="http://mgeprof.test",
        api_part_size=PART,
        api_model_limit=20 * PART,
        api_input_limit=10 * PART,
        webhooks=WebhookSettings(key=SecretStr(environment["MGEPROF_WEBHOOKS_KEY"])),
        callout=CalloutSettings(
            auth_seed=SecretStr(environment["MGEPROF_CALLOUT_AUTH_SEED"]),
            issuer_seed=SecretStr(environment["MGEPROF_CALLOUT_ISSUER_SEED"]),
            xkey_seed=SecretStr(environment["MGEPROF_CALLOUT_XKEY_SEED"]),
            sys_seed=SecretStr(environment["MGEPROF_CALLOUT_SYS_SEED"]),
        ),
    )


def s3_settings(environment: dict[str, str]) -> S3Settings:
    return S3Settings(
        endpoint=environment["MGEPROF_S3_ENDPOINT"],
        bucket=environment["MGEPROF_S3_BUCKET"],
        access_key=SecretStr(environment["MGEPROF_S3_ACCESS_KEY"]),
        secret_key=SecretStr(environment["MGEPROF_S3_SECRET_KEY"]),
    )


@contextlib.asynccontextmanager
async def projecting(environment: dict[str, str]) -> AsyncIterator[None]:
    """The real projector, as a task."""
    settings = ProjectorSettings(
        nats_url=environment["MGEPROF_NATS_URL"],
        nats_core_seed=SecretStr(environment["MGEPROF_NATS_CORE_SEED"]),
        database_url=SecretStr(environment["MGEPROF_DATABASE_URL"]),
    )
    projector = asyncio.create_task(serve_projector(settings))
    try:
        yield
    finally:
        await cancel_all([projector])
    if not projector.cancelled():
        projector.result()


@pytest.fixture(scope="session")
async def parts(stack: dict[str, str]) -> AsyncIterator[Parts]:
    async with projecting(stack), wired(api_settings(stack), s3_settings(stack)) as parts:
        hub = asyncio.create_task(live(parts))
        yield parts
        await cancel_all([hub])


def client_of(parts: Parts, token: str | None) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(make_app(parts))
    return httpx2.AsyncClient(transport=transport, base_url="http://mgeprof.test", headers=headers)


@pytest.fixture(scope="session")
def token(services: Services) -> str:
    return services.secrets.token


@pytest.fixture(scope="session")
async def http(parts: Parts, token: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Speaks to the application in this process, as the local account."""
    async with client_of(parts, token) as client:
        yield client


@pytest.fixture
def user(http: httpx2.AsyncClient) -> User:
    return User(http)


@pytest.fixture(scope="module")
async def streaming(parts: Parts, token: str, unused_port: int) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a real server: the transport in this process hands an answer over only when it is whole."""
    server = make_server(replace(parts, settings=parts.settings.model_copy(update={"api_port": unused_port})))
    serving = asyncio.create_task(server.serve())
    await server.serving.wait()
    headers = {"Authorization": f"Bearer {token}"}
    base_url = f"http://127.0.0.1:{unused_port}"
    async with httpx2.AsyncClient(base_url=base_url, headers=headers, trust_env=False, timeout=20) as client:
        yield client
    server.should_exit = True
    await serving


@dataclass
class MemberUser(User):
    """A person with an account of their own."""

    member: Member


MakeUser = Callable[..., Awaitable[MemberUser]]


@pytest.fixture
async def make_user(parts: Parts) -> AsyncIterator[MakeUser]:
    """Makes people with accounts and keys; all three arguments may be left out."""
    async with contextlib.AsyncExitStack() as clients:

        async def make(
            name: str | None = None, role: Role = Role.USER, scopes: Iterable[Scope] = tuple(Scope)
        ) -> MemberUser:
            member = await add_member(parts.pool, parts.log, name, role, scopes)
            assert await parts.position.reached(member.sequence, 60)
            return MemberUser(await clients.enter_async_context(client_of(parts, member.key)), member)

        yield make


@pytest.fixture(scope="session")
async def fleet(parts: Parts, stack: dict[str, str]) -> AsyncIterator[Fleet]:
    """A runner on x86 with MegEngine 1.13.0, played by the test."""
    run = await connect(stack["MGEPROF_NATS_URL"], stack["MGEPROF_NATS_RUN_SEED"], name="test-runner")
    fleet = Fleet(parts.log, parts.store, run)
    sequence = await fleet.enrol()
    assert await parts.position.reached(sequence, 60)
    yield fleet
    await run.close()


@pytest.fixture(scope="session")
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def hooks(parts: Parts, token: str) -> AsyncIterator[httpx2.AsyncClient]:
    """The local account, where receivers may stand here. It has no webhooks before, and none afterwards."""
    async with client_of(quick(parts), token) as client:
        await _without_webhooks(client)
        yield client
        await _without_webhooks(client)


async def _without_webhooks(client: httpx2.AsyncClient) -> None:
    for one in (await client.get("/api/v1/webhooks")).json()["items"]:
        await client.delete(f"/api/v1/webhooks/{one['id']}")


@pytest.fixture
async def runs(user: User, fleet: Fleet) -> Runs:
    runs = Runs(user, fleet)
    await runs.ready()
    return runs
