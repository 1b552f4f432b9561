"""Putting the process together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from api.accounts.installation import mark_of
from api.accounts.start import ensure_accounts
from api.accounts.tools import Accounts
from api.events.audience import when_known
from api.events.fan import Fan
from api.fleet import names as runner_names
from api.fleet.door import opened
from api.health.numbers import Numbers
from api.inspections.documents import Declarations
from api.live.hub import Hub
from api.live.tail import Tail
from api.parts import Parts
from api.profile.documents import Documents
from api.settings import ApiSettings
from api.webhooks.resealing import reseal
from api.webhooks.sealing import Sealer
from core.nats.asks import SchedulerLine
from core.nats.connection import connect
from core.nats.control import live_messages
from core.nats.log import EventLog
from core.nats.removals import removals
from core.postgres.connection import open_pool
from core.postgres.migrate import migrate
from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from projections.position import Position
from projections.settings import SCHEMA as READ_SCHEMA

SCHEMA = "api"
SEARCH_PATH = f"{SCHEMA},{READ_SCHEMA}"
"""Where our own tables and the read models are found."""
MIGRATIONS = Path(__file__).parent / "migrations"


@asynccontextmanager
async def wired(
    settings: ApiSettings, s3: S3Settings, *, closed: Callable[[], None] | None = None
) -> AsyncIterator[Parts]:
    """Everything open and migrated, waiting for outside systems that are starting.

    ``closed`` is called when a connection to the broker is gone for good. Raises BrokerUnreachableError,
    DatabaseUnreachableError, StorageUnavailableError.
    """
    patience_s = settings.start_timeout_s
    async with AsyncExitStack() as stack:
        database_url = settings.database_url.get_secret_value()
        pool = await open_pool(database_url, search_path=SEARCH_PATH, timeout_s=patience_s)
        stack.push_async_callback(pool.close)
        await migrate(database_url, SCHEMA, MIGRATIONS)
        for runner, name in settings.api_runner_names.items():
            await runner_names.name_once(pool, runner, name)
        store = await stack.enter_async_context(ObjectStore.open(s3))
        await store.ensure_bucket(timeout_s=patience_s)
        core, run = [
            await connect(settings.nats_url, seed.get_secret_value(), name=name, timeout_s=patience_s, closed=closed)
            for name, seed in (("api", settings.nats_core_seed), ("api-live", settings.nats_run_seed))
        ]
        stack.push_async_callback(core.close)
        stack.push_async_callback(run.close)
        log, numbers = EventLog(core, timeout_s=settings.api_broker_timeout_s), Numbers()
        accounts = Accounts.of(settings.accounts, settings.smtp, await mark_of(pool))
        stack.callback(accounts.passwords.close)
        await reseal(pool, Sealer.of(settings.webhooks))
        await ensure_accounts(settings, pool, log, accounts)
        tail = Tail(log)
        position = await stack.enter_async_context(Position(database_url))
        yield Parts(
            settings=settings,
            log=log,
            pool=pool,
            store=store,
            position=position,
            tail=tail,
            hub=Hub(tail, lambda: live_messages(run), numbers, queue=settings.api_live_queue),
            fan=Fan(tail, when_known(pool, position), numbers, queue=settings.api_live_queue),
            documents=Documents(store),
            declarations=Declarations(store),
            numbers=numbers,
            scheduler=SchedulerLine(core),
            door=await stack.enter_async_context(opened(pool, settings.nats_url, settings.callout, patience_s)),
            removals=lambda: removals(run),
            accounts=accounts,
        )
