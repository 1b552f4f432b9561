"""Every process on a machine of its own, with keys of its own, TLS to three nodes of the broker: two runs, while one node is killed."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.files import Wanted, write_files
from infra.embedded.services import Services
from infra.engines.environment import engine, engines_folder
from tests.integration.infra.apart import NET, certificates, ip, lent, machines, within
from tests.integration.infra.deployed import ROOT, Machine, Told, by_kubernetes

NODES = {f"nats{number}": 11 + number for number in range(3)}
ADDRESSES = {**NODES, "scheduler": 21, "projector": 22, "api": 23, "runner0": 31, "runner1": 32, "user": 41}
TOKEN = "mgp_of-the-local-account-of-this-test"
ORDER = ("--platform", "x86", "--engine", "1.13.0", "--iterations", "3000", "--passes", "1", "--wait", "--json")

pytestmark = [pytest.mark.engine, pytest.mark.soak]


@pytest.fixture
def namespaces() -> None:
    probe = f"mgeprof-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"network namespaces cannot be made here: {made.stderr.strip()}")
    ip("netns", "del", probe)


@contextlib.asynccontextmanager
async def brokers(folder: Path, keys: Path) -> AsyncIterator[dict[str, asyncio.subprocess.Process]]:
    tls = certificates(folder / "tls", [f"{NET}.{number}" for number in NODES.values()])
    text = (keys / "nats" / "nats.conf").read_text().replace("/etc/nats/tls", str(tls))
    for node, number in enumerate(NODES.values()):
        text = text.replace(f"nats-{node}.nats:6222", f"{NET}.{number}:6222")
    running = {}
    try:
        for name in NODES:
            store = folder / name
            store.mkdir()
            (store / "nats.conf").write_text(text.replace('"/data"', f'"{store}"'))
            with (store / "log").open("wb") as log:
                running[name] = await asyncio.create_subprocess_exec(
                    *(*within(name), f"{sys.prefix}/bin/nats-server", "--config", str(store / "nats.conf")),
                    stdout=log,
                    stderr=log,
                    env={"PATH": os.environ["PATH"], "NODE_NAME": name},
                )
        yield running
    finally:
        for one in running.values():
            if one.returncode is None:
                one.terminate()
        await asyncio.gather(*(one.wait() for one in running.values()))


async def test_machines_apart_work_on_while_a_node_of_the_broker_is_killed(
    services: Services,
    environment: dict[str, str],
    examples: Path,
    tmp_path: Path,
    namespaces: None,  # noqa: ARG001 - they must be possible
) -> None:
    keys = tmp_path / "keys"
    write_files(keys, Wanted(nodes=3, runners=2, tls=True))
    with_services(keys, services, environment)
    urls = ",".join(f"tls://{NET}.{number}:4222" for number in NODES.values())
    ports = {5432: services.ports["postgres"], 8333: services.ports["s3"]}
    with machines(ADDRESSES):
        async with lent(tmp_path, ports), brokers(tmp_path, keys) as nodes:
            places = {
                "nats://nats:4222": urls,
                "tls://nats:4222": urls,
                "http://s3:8333": f"http://{NET}.1:8333",
                "/opt/engines/1.13.0": str(engine("1.13.0").folder),
            }
            machine = Machine(places, tmp_path)
            more = {"SSL_CERT_FILE": str(tmp_path / "tls" / "ca.crt"), "PATH": os.environ["PATH"]}
            try:
                await start_all(machine, keys, environment["MGEPROF_S3_BUCKET"], more)
                runs = [asyncio.create_task(submit(examples)) for _ in range(2)]
                await until_running(2)
                nodes["nats1"].send_signal(signal.SIGKILL)
                ended = await asyncio.gather(*runs)
            finally:
                codes = await machine.stop()
    assert [one["state"] for one in ended] == ["completed"] * 2
    assert len({one["attempts"][-1]["runner_id"] for one in ended}) == 2
    assert set(codes.values()) == {0}, {name: machine.log(name) for name, code in codes.items() if code}


def with_services(keys: Path, services: Services, environment: dict[str, str]) -> None:
    """What the embedded services want to hear instead of the keys that were made."""
    url = environment["MGEPROF_DATABASE_URL"]
    head, _, tail = url.partition("@")
    for process in ("api", "scheduler", "projector"):
        (keys / process / "mgeprof_database_url").write_text(f"{head}@{NET}.1:5432/{tail.partition('/')[2]}")
    for process in ("api", "scheduler"):
        (keys / process / "mgeprof_s3_access_key").write_text(services.secrets.s3_access_key)
        (keys / process / "mgeprof_s3_secret_key").write_text(services.secrets.s3_secret_key)


async def start_all(machine: Machine, keys: Path, bucket: str, more: dict[str, str]) -> None:
    everywhere = dict(machine.places)
    for process in ("scheduler", "projector", "api"):
        told = by_kubernetes(process)
        machine.places = {**everywhere, "/run/mgeprof": str(keys / process)}
        own = dict(more)
        if "MGEPROF_S3_BUCKET" in told.environment:
            own["MGEPROF_S3_BUCKET"] = bucket
        if process == "api":
            own["MGEPROF_API_TOKEN_SHA256"] = hashlib.sha256(TOKEN.encode()).hexdigest()
        await machine.start(process, told, own, within=within(process))
        await machine.until_healthy(process, told, within=within(process), port=8000 if process == "api" else 9100)
    for number in range(2):
        await start_runner(machine, everywhere, keys / "runner", number, more)


async def start_runner(machine: Machine, places: dict[str, str], keys: Path, number: int, more: dict[str, str]) -> None:
    name, folder = f"runner{number}", machine.folder / f"runner{number}"
    (folder / "state").mkdir(parents=True)
    with contextlib.suppress(FileNotFoundError):
        (folder / "state" / "peaks.json").write_bytes((engines_folder() / "peaks.json").read_bytes())
    machine.places = {**places, "/var/lib/mgeprof": str(folder / "state"), "/etc/mgeprof": str(folder)}
    identity = keys / f"mgeprof-runner-x86-{number}"
    (folder / "runner.toml").write_text(machine.here(identity.with_suffix(".toml").read_text()))
    (folder / "runner.nk").write_text(identity.with_suffix(".nk").read_text())
    told: Told = by_kubernetes("runner-x86")
    await machine.start(name, told, more, within=within(name))
    await machine.until_healthy(name, told, within=within(name))


async def by_the_user(*words: str | Path) -> Any:
    """What the command line says, as JSON, on the user's machine."""
    done = await asyncio.create_subprocess_exec(
        *(*within("user"), sys.executable, "-P", "-m", "infra.cli.main", *map(str, words)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            "PATH": os.environ["PATH"],
            "MGEPROF_URL": f"http://{NET}.{ADDRESSES['api']}:8000",
            "MGEPROF_TOKEN": TOKEN,
        },
    )
    out, err = await done.communicate()
    assert done.returncode == 0, err.decode()
    return json.loads(out)


async def submit(examples: Path) -> Any:
    return await by_the_user(
        "submit", examples / "resnet.mge", "--data", f"data={examples / 'resnet-data.npy'}", *ORDER
    )


async def until_running(most: int) -> None:
    async with asyncio.timeout(120):
        while len((await by_the_user("ls", "--state", "running", "--json"))["items"]) < most:  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.2)
