"""A whole stack, with three runners besides its own, and users who keep it busy: what faults are done to."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx2
from nats.aio.client import Client

from core.events.ids import RunnerId
from core.nats.connection import connect
from infra.embedded.part import BackOff, Part
from infra.embedded.stack import Stack
from infra.engines.environment import Engine
from runner.config import EngineConfig, load_config
from runner.registration import Asked, register
from tests.e2e.crowd import Crowd, patient_client
from tests.e2e.faults import skewed
from tests.e2e.faults.meddling import Echo, Forger
from tests.e2e.faults.proxy import Proxy

LEASE_S = 3.0
PERIODS = {
    "MGEPROF_SCHEDULER_LEASE_S": str(LEASE_S),
    "MGEPROF_SCHEDULER_ORDER_RETRY_S": "0.5",
    "MGEPROF_SCHEDULER_TICK_S": "0.1",
    "MGEPROF_RUNNER_BEAT_S": "0.5",
    "MGEPROF_RUNNER_SLOTS": "2",
    # What is kept from MegEngine is nothing: the stand-in runs no model.
    "MGEPROF_RUNNER_SANDBOX": "none",
}
HOUR_S = 3600
BEHIND_PROXY, HOUR_AHEAD, UNRELIABLE = "runner-behind-proxy", "runner-hour-ahead", "forger"
RUNNERS = ("runner", BEHIND_PROXY, HOUR_AHEAD)
OURS = ("scheduler", "projector", "api", *RUNNERS)
SERVICES = ("nats", "postgres", "s3")


@dataclass
class Arena:
    """`done`: how often each fault was done, by its name."""

    stack: Stack
    crowd: Crowd
    rng: random.Random
    proxy: Proxy
    echo: Echo
    forger: Forger
    ids: Mapping[str, RunnerId]
    done: Counter[str] = field(default_factory=Counter)

    @property
    def struck(self) -> set[str]:
        """What was done so far, and what is being done."""
        return set(self.done)

    async def settle(self) -> None:
        """Wait until every part is ready (again)."""
        for keeper in self.stack.keepers.values():
            await keeper.until_ready()


@contextlib.asynccontextmanager
async def opened(
    home: Path,
    engine: Engine,
    examples: Path,
    rng: random.Random,
    settings: Mapping[str, str] = PERIODS,
    beat_s: float = 0.5,
) -> AsyncIterator[Arena]:
    """Everything up, each runner heard of. ``examples`` holds the files that users bring."""
    async with contextlib.AsyncExitStack() as opened:
        quick = BackOff(first_s=0.05, longest_s=1.0)
        stack = await opened.enter_async_context(Stack(home, engines=(engine,), back_off=quick, settings=settings))
        await stack.start()
        proxy = await opened.enter_async_context(Proxy(stack.services.ports["nats"]))
        proxied = await enrol(stack, home / BEHIND_PROXY, engine, beat_s, proxy.port)
        ahead = await enrol(stack, home / HOUR_AHEAD, engine, beat_s)
        supervisor = stack.services.supervisor
        supervisor.add(runner_part(home / BEHIND_PROXY))
        supervisor.add(runner_part(home / HOUR_AHEAD, off_s=HOUR_S))
        await supervisor.start(BEHIND_PROXY, HOUR_AHEAD)
        run = await control_plane(stack)
        opened.push_async_callback(run.close)
        echo = Echo(run, rng)
        await echo.begin()
        forger = await opened.enter_async_context(forging(stack, home / UNRELIABLE, engine, echo))
        client = await opened.enter_async_context(patient_client(stack))
        crowd = await Crowd.gather(client, examples, rng, iterations=400)
        ids = {"runner": RunnerId(UUID(stack.services.secrets.runner_id)), BEHIND_PROXY: proxied, HOUR_AHEAD: ahead}
        yield Arena(stack, crowd, rng, proxy, echo, forger, ids)


async def enrol(stack: Stack, folder: Path, engine: Engine, beat_s: float, port: int | None = None) -> RunnerId:
    """Register a device as its owner does, and set what the suite wants of it."""
    headers = {"Authorization": f"Bearer {stack.services.secrets.token}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        token = (await http.post(f"{stack.url}/api/v1/enrolments", json={})).json()["token"]
    offered = EngineConfig(version=engine.version, driver="megengine", python=engine.python)
    config = await register(Asked(stack.url, token, folder.name, folder, [offered]))
    more = {"beat_s": beat_s, "slots": 2, "drain_s": 0, "sandbox": "none", "warm_spares": 1}
    text = config.read_text()
    if port is not None:
        text = text.replace(str(stack.services.ports["nats"]), str(port))
    config.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in more.items()) + text)
    return load_config(config).id


def runner_part(folder: Path, off_s: int | None = None) -> Part:
    """The daemon, supervised like everything else; with ``off_s`` its clock is so far ahead."""
    program = ("-P", "-m", "runner") if off_s is None else (skewed.__file__, str(off_s), "runner")
    argv = (sys.executable, *program, "--config", str(folder / "runner.toml"))
    here = str(Path(skewed.__file__).parents[3])
    return Part(name=folder.name, argv=argv, env={**os.environ, "PYTHONPATH": here, "PYTHONUNBUFFERED": "1"})


async def control_plane(stack: Stack) -> Client:
    """A connection of the account in which runners are spoken to."""
    known = stack.services.environment
    return await connect(known["MGEPROF_NATS_URL"], known["MGEPROF_NATS_RUN_SEED"], name="test")


@contextlib.asynccontextmanager
async def forging(stack: Stack, folder: Path, engine: Engine, echo: Echo) -> AsyncIterator[Forger]:
    """An enrolled runner whose key is in the wrong hands."""
    runner = await enrol(stack, folder, engine, beat_s=1.0)
    seed = (folder / "runner.nk").read_text().strip()
    url = stack.services.environment["MGEPROF_NATS_URL"]

    async def enter() -> Client:
        return await connect(url, seed, name="forger", inbox_prefix=f"_INBOX_{runner}")

    forger = Forger(await enter(), runner, echo, enter)
    yield forger
    await forger.close()
