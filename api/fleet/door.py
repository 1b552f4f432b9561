"""The door through which enrolled runners come to the broker, and through which removed ones are put out again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from api.fleet import enrolments
from core.configuration import Configuration
from core.events.ids import RunnerId
from core.nats.callout import Callout
from core.nats.connection import connect
from core.nats.presence import Presence
from core.postgres.connection import Pool


class CalloutSettings(Configuration):
    """``MGEPROF_CALLOUT_…``: seeds of the broker's auth callout. Without them only runners that its configuration names get in."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_CALLOUT_")

    auth_seed: SecretStr | None = None
    """User of the account AUTH, where the broker asks."""
    issuer_seed: SecretStr | None = None
    """Signs who is let in: whoever has it can be anybody."""
    xkey_seed: SecretStr | None = None
    """Opens and seals what goes to and fro."""
    sys_seed: SecretStr | None = None
    """User of the system account, to end connections."""


class Door:
    def __init__(self, pool: Pool, presence: Presence | None) -> None:
        self._pool = pool
        self._presence = presence

    async def admit(self, public_key: str) -> RunnerId | None:
        found = await enrolments.key(self._pool, public_key)
        return None if found is None or found.revoked_at is not None else found.runner_id

    async def shut(self, runner: RunnerId) -> None:
        """Void a runner's keys and end its connections, at all nodes of the broker."""
        await self.void(runner)
        await self.turn_out(runner)

    async def void(self, runner: RunnerId) -> None:
        """From now on it comes in no more."""
        await enrolments.revoke_keys(self._pool, runner)

    async def turn_out(self, runner: RunnerId) -> None:
        """End its connections."""
        if self._presence is not None:
            await self._presence.turn_out(runner)

    async def watch(self) -> None:
        """Look again at whoever comes in: the answer that let it in may have been on its way when its key was revoked. Never ends."""
        if self._presence is None:
            await asyncio.Event().wait()
            return
        async for arrival in self._presence.arrivals():
            if await enrolments.is_revoked(self._pool, arrival.runner):
                await self._presence.kick(arrival)


@asynccontextmanager
async def opened(pool: Pool, nats_url: str, settings: CalloutSettings, timeout_s: float) -> AsyncIterator[Door]:
    """Serving from now on, if the settings say so. Raises BrokerUnreachableError."""
    seeds = [settings.auth_seed, settings.issuer_seed, settings.xkey_seed, settings.sys_seed]
    auth_seed, issuer, xkey, system_seed = [seed.get_secret_value() if seed else "" for seed in seeds]
    if not (auth_seed and issuer and xkey and system_seed):
        yield Door(pool, None)
        return
    async with AsyncExitStack() as stack:
        auth = await connect(nats_url, auth_seed, name="api-callout", timeout_s=timeout_s)
        stack.push_async_callback(auth.close)
        system = await connect(nats_url, system_seed, name="api-door", timeout_s=timeout_s)
        stack.push_async_callback(system.close)
        door = Door(pool, Presence(system))
        await Callout(auth, issuer, xkey, door.admit, time.time).serve()
        yield door
