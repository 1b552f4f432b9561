"""All of mgeprof on one machine: the services, our own processes, and one x86 runner."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from client.client import Client
from client.connection import Connection
from client.errors import ClientError
from infra.embedded.home import write_private
from infra.embedded.part import BackOff, Part
from infra.embedded.ports import HOST
from infra.embedded.services import ALL, LOCAL_RUNNER, Services
from infra.embedded.supervisor import Changed
from infra.engines.environment import Engine, engines_folder

# -P: a folder called `api` where the user happens to stand is not ours.
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "scheduler": (sys.executable, "-P", "-m", "core.scheduler"),
    "projector": (sys.executable, "-P", "-m", "projections"),
    "api": (sys.executable, "-P", "-m", "api"),
    "runner": (sys.executable, "-P", "-m", "runner", "--config", "{config}"),
}
# What each process is told. The runner gets its file only: no database, no keys of the object store.
TOLD: Mapping[str, tuple[str, ...]] = {
    "scheduler": (
        *("MGEPROF_NATS_", "MGEPROF_DATABASE_", "MGEPROF_S3_", "MGEPROF_SCHEDULER_", "MGEPROF_LOG_"),
        *("MGEPROF_QUOTA_", "MGEPROF_TRACES_"),
    ),
    "projector": (
        *("MGEPROF_NATS_URL", "MGEPROF_NATS_CORE_", "MGEPROF_DATABASE_", "MGEPROF_PROJECTOR_", "MGEPROF_LOG_"),
        "MGEPROF_TRACES_",
    ),
    "api": (
        *("MGEPROF_NATS_", "MGEPROF_DATABASE_", "MGEPROF_S3_", "MGEPROF_API_", "MGEPROF_LOG_"),
        *("MGEPROF_CALLOUT_", "MGEPROF_ACCOUNTS_", "MGEPROF_ADMIN_", "MGEPROF_SMTP_", "MGEPROF_QUOTA_"),
        *("MGEPROF_WEBHOOKS_", "MGEPROF_TRACES_"),
    ),
    "runner": ("MGEPROF_RUNNER_", "MGEPROF_LOG_"),
}
# What of the embedded runner's file can be set from outside; the runner itself reads no environment.
RUNNER_SETTINGS = {"MGEPROF_RUNNER_SLOTS": "slots", "MGEPROF_RUNNER_BEAT_S": "beat_s"}
RUNNER_WORDS = {"MGEPROF_RUNNER_SANDBOX": "sandbox", "MGEPROF_TRACES_URL": "traces_url"}
OFFERED_WITHIN_S = 30.0
# Migrations and streams are there before those who need them.
STAGES = (ALL, ("scheduler",), ("projector", "api", "runner"))


class Stack:
    """A whole mgeprof on one home; a context manager that holds the home. `start` brings everything up.

    Without an engine there is no runner. `programs` are the command lines of our processes, `{config}` standing for the
    runner's configuration file; one that is not named is left out. `settings` are further MGEPROF_ variables.

    Raises:
        HomeInUseError: on entering, when another stack runs on this home.
    """

    def __init__(
        self,
        home: Path,
        port: int | None = None,
        engines: tuple[Engine, ...] = (),
        programs: Mapping[str, tuple[str, ...]] = PROGRAMS,
        back_off: BackOff | None = None,
        changed: Changed | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        given = {} if port is None else {"api": port}
        self.services = Services(home, ports=given, back_off=back_off, changed=changed)
        self.home = self.services.home
        self.engines = engines
        self._programs, self._settings = programs, settings or {}

    async def __aenter__(self) -> Self:
        self.services.prepare()
        try:
            self.keepers = self.services.supervisor.keepers
            for name in ("scheduler", "projector", "api", "runner"):
                if name in self._programs and (name != "runner" or self.engines):
                    self.services.supervisor.add(self._part(name))
            self._describe(ready=False)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.services.__aexit__(kind, error, trace)

    @property
    def url(self) -> str:
        """Where the api serves."""
        return self.services.environment["MGEPROF_API_URL"]

    async def start(self) -> None:
        """Start all parts, stage by stage, and return when all are ready and the api offers the engines.

        Raises:
            PartFailedError: of the first that does not come up.
        """
        for stage in STAGES:
            await self.services.supervisor.start(*(name for name in stage if name in self.keepers))
        if self.engines:
            await self._until_offered()
        self._describe(ready=True)

    async def _until_offered(self) -> None:
        """What the runner said of itself is in the tables a moment after it was said; whoever comes before finds no engine."""
        async with Client(Connection(self.url, self.services.secrets.token)) as client:
            with suppress(TimeoutError, ClientError):
                async with asyncio.timeout(OFFERED_WITHIN_S):
                    while not (await client.engines()).items:  # noqa: ASYNC110 - another process's event
                        await asyncio.sleep(0.05)

    async def failure(self) -> None:
        """Wait until the supervision of a part ends by a defect, and raise that; parts that die are restarted."""
        await self.services.supervisor.failure()

    def _part(self, name: str) -> Part:
        argv = self._programs[name]
        if name == "runner":
            config = str(self._write_runner_config())
            argv = tuple(argument.replace("{config}", config) for argument in argv)
        return Part(name=name, argv=argv, env=self._environment(name))

    def _environment(self, name: str) -> dict[str, str]:
        ours = {**os.environ, **self._settings, **self.services.environment}
        told = {
            key: value for key, value in ours.items() if not key.startswith("MGEPROF_") or key.startswith(TOLD[name])
        }
        # Their output goes to a file, which people read while they run.
        return {**told, "PYTHONUNBUFFERED": "1"}

    def _write_runner_config(self) -> Path:
        home, secrets = self.home.path, self.services.secrets
        write_private(home / "runner.nk", secrets.nats_edge + "\n")
        config = home / "runner.toml"
        lines = [
            f"id = {json.dumps(secrets.runner_id)}",
            f"name = {json.dumps(LOCAL_RUNNER)}",
            'platform = "x86"',
            f"nats_url = {json.dumps(self.services.environment['MGEPROF_NATS_URL'])}",
            'seed_file = "runner.nk"',
            'state_dir = "runner"',
            # Who ends the stack does not wait for what runs on it.
            "drain_s = 0",
            # One machine has one set of peaks, however many homes there are on it.
            f"peaks_file = {json.dumps(str(engines_folder() / 'peaks.json'))}",
        ]
        settings = {**os.environ, **self._settings}
        lines += [f"{key} = {float(settings[name]):g}" for name, key in RUNNER_SETTINGS.items() if name in settings]
        lines += [f"{key} = {json.dumps(settings[name])}" for name, key in RUNNER_WORDS.items() if name in settings]
        for engine in self.engines:
            python = json.dumps(str(engine.python))
            lines += [
                "[[engine]]",
                f"version = {json.dumps(engine.version)}",
                'driver = "megengine"',
                f"python = {python}",
            ]
        write_private(config, "\n".join(lines) + "\n")
        return config

    def _describe(self, *, ready: bool) -> None:
        described = {
            "pid": os.getpid(),
            "url": self.url,
            "host": HOST,
            "ports": self.services.ports,
            "token_file": str(self.home.token_file),
            "engines": [engine.version for engine in self.engines],
            "ready": ready,
        }
        write_private(self.home.stack_file, json.dumps(described, indent=2))
