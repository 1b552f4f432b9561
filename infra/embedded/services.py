"""NATS, PostgreSQL and S3 on one home: what our own processes need around them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.embedded.home import Home, Secrets
from infra.embedded.nats_server import nats_server
from infra.embedded.part import BackOff, Part
from infra.embedded.ports import HOST
from infra.embedded.postgres_server import database_url, postgres_server
from infra.embedded.s3_server import BUCKET, REGION, s3_server
from infra.embedded.supervisor import Changed, Keeper, Supervisor

LOCAL_RUNNER = "local-x86"
"""What the stack's own runner is called."""
ALL = ("nats", "postgres", "s3")
PORTS = {"nats": ("nats", "nats_monitor"), "postgres": ("postgres",), "s3": ("s3",)}


class Services:
    """The outside systems, started together and stopped together; a context manager.

    `environment` holds the MGEPROF_ variables under which our processes find them. A service that dies is restarted on its
    port; `kill` and `until_ready` let tests do that on purpose, `stop` and `start` keep one away for a while.

    Raises:
        HomeInUseError: on entering, when another stack runs on this home.
        PartFailedError: on entering, when a service does not come up.
    """

    def __init__(
        self,
        home: Path,
        parts: Iterable[str] = ALL,
        ports: Mapping[str, int] | None = None,
        back_off: BackOff | None = None,
        changed: Changed | None = None,
    ) -> None:
        self.home = Home(home)
        self._wanted = [name for name in ALL if name in set(parts)]
        self._given, self._back_off, self._changed = ports or {}, back_off, changed

    async def __aenter__(self) -> Self:
        self.prepare()
        try:
            await self.supervisor.start(*self._wanted)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    def prepare(self) -> None:
        """Take the home and make everything ready to start; who calls this on its own also calls `__aexit__`."""
        self.home.__enter__()
        try:
            self.secrets = self.home.secrets()
            names = ("api", *(port for part in self._wanted for port in PORTS[part]))
            self.ports = self.home.ports(names, self._given)
            self.environment = environment(self.secrets, self.ports, self.home.examples)
            self.supervisor = Supervisor(self.home.logs, self._back_off, [self.home.lock], self._changed)
            for name in self._wanted:
                self.supervisor.add(self._part(name))
        except BaseException:
            self.home.__exit__(None, None, None)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.supervisor.stop()
        self.home.__exit__(kind, error, trace)

    def __getitem__(self, name: str) -> Keeper:
        """The keeper of one service: its pid, its state, `kill()`, `until_ready()`, `stop()`, `start()`."""
        return self.supervisor.keepers[name]

    def _part(self, name: str) -> Part:
        folder, ports = self.home.path / name, self.ports
        match name:
            case "nats":
                return nats_server(folder, ports["nats"], ports["nats_monitor"], self.secrets)
            case "postgres":
                return postgres_server(folder, ports["postgres"], self.secrets.postgres_password)
            case _:
                return s3_server(folder, ports["s3"], self.secrets)


def environment(secrets: Secrets, ports: Mapping[str, int], examples: Path) -> dict[str, str]:
    """The MGEPROF_ variables under which our processes find the services that listen on these ports."""
    url = f"http://{HOST}:{ports['api']}"
    known = {
        "MGEPROF_API_HOST": HOST,
        "MGEPROF_API_PORT": str(ports["api"]),
        "MGEPROF_API_URL": url,
        "MGEPROF_API_EXAMPLES": str(examples),
        "MGEPROF_API_TOKEN_SHA256": hashlib.sha256(secrets.token.encode()).hexdigest(),
        "MGEPROF_ACCOUNTS_TOKEN_KEY": secrets.token_key,
        "MGEPROF_WEBHOOKS_KEY": secrets.webhooks_key,
        "MGEPROF_API_RUNNER_NAMES": json.dumps({secrets.runner_id: LOCAL_RUNNER}),
    }
    if "nats" in ports:
        known["MGEPROF_NATS_URL"] = f"nats://{HOST}:{ports['nats']}"
        known["MGEPROF_NATS_CORE_SEED"] = secrets.nats_core
        known["MGEPROF_NATS_RUN_SEED"] = secrets.nats_run
        known["MGEPROF_CALLOUT_AUTH_SEED"] = secrets.nats_auth
        known["MGEPROF_CALLOUT_ISSUER_SEED"] = secrets.nats_issuer
        known["MGEPROF_CALLOUT_XKEY_SEED"] = secrets.nats_xkey
        known["MGEPROF_CALLOUT_SYS_SEED"] = secrets.nats_sys
    if "postgres" in ports:
        known["MGEPROF_DATABASE_URL"] = database_url(ports["postgres"], secrets.postgres_password)
    if "s3" in ports:
        known["MGEPROF_S3_ENDPOINT"] = f"http://{HOST}:{ports['s3']}"
        known["MGEPROF_S3_REGION"] = REGION
        known["MGEPROF_S3_BUCKET"] = BUCKET
        known["MGEPROF_S3_ACCESS_KEY"] = secrets.s3_access_key
        known["MGEPROF_S3_SECRET_KEY"] = secrets.s3_secret_key
    return known
