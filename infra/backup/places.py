"""What is backed up: the broker, the database and the bucket of an installation, open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from api.webhooks.sealing import Sealer
from api.webhooks.settings import WebhookSettings
from core.configuration import ControlPlane, configured
from core.nats.connection import connect
from core.nats.log import EventLog
from core.nats.snapshot import WholeLog
from core.postgres.connection import Connection, open_pool
from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from infra.embedded.home import Home, running_stack
from infra.embedded.services import Services, environment

_PATIENCE_S = 15.0


@dataclass(frozen=True)
class Places:
    """`database_url` holds a password: show it to nobody. `sealer`: with the keys of webhooks' secrets that are known here."""

    log: WholeLog
    events: EventLog
    connection: Connection
    store: ObjectStore
    database_url: str
    replicas: int
    sealer: Sealer


@asynccontextmanager
async def opened(settings: ControlPlane, s3: S3Settings, webhooks: WebhookSettings) -> AsyncIterator[Places]:
    """Raises BrokerUnreachableError, DatabaseUnreachableError."""
    url = settings.database_url.get_secret_value()
    async with AsyncExitStack() as stack:
        broker = await connect(
            settings.nats_url, settings.nats_core_seed.get_secret_value(), name="backup", timeout_s=_PATIENCE_S
        )
        stack.push_async_callback(broker.close)
        pool = await open_pool(url, size=2, timeout_s=_PATIENCE_S)
        stack.push_async_callback(pool.close)
        connection = await stack.enter_async_context(pool.acquire())
        store = await stack.enter_async_context(ObjectStore.open(s3))
        log, events, replicas = WholeLog(broker), EventLog(broker), settings.nats_replicas
        yield Places(log, events, connection, store, url, replicas, Sealer.of(webhooks))


@asynccontextmanager
async def of_environment() -> AsyncIterator[Places]:
    """By the variables that the api reads, secrets from files too. Ends the process where they cannot be used."""
    async with opened(configured(ControlPlane), configured(S3Settings), configured(WebhookSettings)) as places:
        yield places


@asynccontextmanager
async def of_home(path: Path) -> AsyncIterator[Places]:
    """Those of the stack that runs on a home; where none runs, its services are started for as long as they are needed."""
    running = running_stack(path)
    if running is not None:
        home = Home(path)
        async with opened(*_settings(environment(home.secrets(), running["ports"], home.examples))) as places:
            yield places
        return
    async with Services(path) as services, opened(*_settings(services.environment)) as places:
        yield places


def _settings(known: Mapping[str, str]) -> tuple[ControlPlane, S3Settings, WebhookSettings]:
    """A key that is being changed (MGEPROF_WEBHOOKS_KEY_PREVIOUS) comes from outside, as for `mgeprof up`."""
    control = ControlPlane.model_validate(
        {
            "nats_url": known["MGEPROF_NATS_URL"],
            "nats_core_seed": known["MGEPROF_NATS_CORE_SEED"],
            "database_url": known["MGEPROF_DATABASE_URL"],
        }
    )
    s3 = {name.removeprefix("MGEPROF_S3_").lower(): value for name, value in known.items() if "_S3_" in name}
    webhooks = WebhookSettings.model_validate({"key": known["MGEPROF_WEBHOOKS_KEY"]})
    return control, S3Settings.model_validate(s3), webhooks
