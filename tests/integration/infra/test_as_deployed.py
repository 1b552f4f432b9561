"""Every process, started as its image and manifest say, comes up, finds the others, shows the metrics that are asked for, and ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx2
import pytest

from infra.deploy.files import Wanted, write_files
from infra.embedded.part import answers
from infra.embedded.ports import HOST, choose_ports
from infra.embedded.services import Services
from infra.engines.environment import engine, engines_folder
from tests.integration.infra.deployed import Machine, Told, by_compose, by_kubernetes, node_file
from tests.unit.infra.monitoring import asked_for

pytestmark = pytest.mark.engine

PROCESSES = ("scheduler", "projector", "api", "runner-x86")
METERED = {"api": "MGEPROF_API_PORT", "scheduler": "MGEPROF_METRICS_PORT", "projector": "MGEPROF_METRICS_PORT"}


@contextlib.asynccontextmanager
async def broker(folder: Path, keys: Path, nodes: int) -> AsyncIterator[list[int]]:
    """A cluster by the file that we make for it; gives the nodes' ports."""
    kinds = ("client", "monitor", "cluster")
    free = choose_ports(tuple(f"{kind}{node}" for kind in kinds for node in range(nodes)), {}, {})
    ports = {kind: [free[f"{kind}{node}"] for node in range(nodes)] for kind in kinds}
    text = (keys / "nats.conf").read_text()
    running = []
    try:
        for node in range(nodes):
            store = folder / f"nats-{node}"
            store.mkdir()
            (store / "nats.conf").write_text(node_file(text, ports, node, store))
            environment = {"PATH": os.defpath, "NODE_NAME": f"nats-{node}"}
            with (store / "log").open("wb") as log:
                program = Path(sys.prefix, "bin", "nats-server")
                started = await asyncio.create_subprocess_exec(
                    program, "--config", store / "nats.conf", stdout=log, stderr=log, env=environment
                )
            running.append(started)
        async with asyncio.timeout(60):
            for port in ports["monitor"]:
                # As the manifest asks before it calls a node ready.
                while await answers(HOST, port, "/healthz?js-server-only=true") != 200:  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.1)
        yield ports["client"]
    finally:
        for one in running:
            one.terminate()
        await asyncio.gather(*(one.wait() for one in running))


@pytest.mark.parametrize(
    ("told_by", "nodes"),
    [
        pytest.param(by_kubernetes, 3, id="kubernetes"),
        # The same but for the number of nodes, which a unit test holds fast.
        pytest.param(by_compose, 1, id="compose", marks=pytest.mark.soak),
    ],
)
async def test_every_process_comes_up_as_it_is_deployed(
    told_by: Callable[[str], Told],
    nodes: int,
    services: Services,
    environment: dict[str, str],
    tmp_path: Path,
    engine_python: Path,  # noqa: ARG001 - it must be there
) -> None:
    keys = tmp_path / "keys"
    write_files(keys, Wanted(nodes=nodes))
    for process in ("api", "scheduler", "projector"):
        (keys / process / "mgeprof_database_url").write_text(environment["MGEPROF_DATABASE_URL"])
    for process in ("api", "scheduler"):
        (keys / process / "mgeprof_s3_access_key").write_text(services.secrets.s3_access_key)
        (keys / process / "mgeprof_s3_secret_key").write_text(services.secrets.s3_secret_key)
    state = tmp_path / "state"
    state.mkdir()
    with contextlib.suppress(FileNotFoundError):  # else they are measured, which is not what is tested here
        (state / "peaks.json").write_bytes((engines_folder() / "peaks.json").read_bytes())

    async with broker(tmp_path, keys / "nats", nodes) as ports:
        urls = ",".join(f"nats://{HOST}:{port}" for port in ports)
        places = {
            "nats://nats:4222": urls,
            "http://s3:8333": environment["MGEPROF_S3_ENDPOINT"],
            "/var/lib/mgeprof": str(state),
            "/opt/engines/1.13.0": str(engine("1.13.0").folder),
            "/etc/mgeprof": str(keys / "runner"),
            "0.0.0.0": HOST,  # noqa: S104 - what it replaces
        }
        machine = Machine(places, tmp_path)
        identity = keys / "runner" / "mgeprof-runner-x86-0"
        (keys / "runner" / "runner.toml").write_text(machine.here(identity.with_suffix(".toml").read_text()))
        (keys / "runner" / "runner.nk").write_text(identity.with_suffix(".nk").read_text())
        listening = choose_ports(tuple(METERED), {}, {})
        try:
            for process in PROCESSES:
                told = told_by(process)
                machine.places = {**places, "/run/mgeprof": str(keys / process)}
                port = listening.get(process)
                listens = {} if port is None else {METERED[process]: str(port)}
                await machine.start(process, with_bucket(told, environment), listens)
                await machine.until_healthy(process, told, port)
            await look(machine, listening, (keys / "api" / "admin_password").read_text())
        finally:
            codes = await machine.stop()
    assert codes == dict.fromkeys(PROCESSES, 0), {name: machine.log(name) for name, code in codes.items() if code}


def with_bucket(told: Told, environment: dict[str, str]) -> Told:
    """The test's own."""
    if "MGEPROF_S3_BUCKET" not in told.environment:
        return told
    changed = {**told.environment, "MGEPROF_S3_BUCKET": environment["MGEPROF_S3_BUCKET"]}
    return Told(told.arguments, changed, told.health)


async def look(machine: Machine, ports: dict[str, int], password: str) -> None:
    """All is ready; the runner of the manifest is there for the administrator of the manifest; every metric that somebody asks for is shown."""
    async with httpx2.AsyncClient(base_url=f"http://{HOST}:{ports['api']}", timeout=30) as http:
        async with asyncio.timeout(60):
            while (await http.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
        asked = {"login": "admin@example.org", "password": password, "remember": False}
        begun = (await http.post("/api/v1/auth/login", json=asked)).json()
        known = {"Authorization": f"Bearer {begun['access_token']}"}
        async with asyncio.timeout(60):
            while True:
                [runner] = (await http.get("/api/v1/runners", headers=known)).json()["items"] or [{"state": ""}]
                if runner["state"] == "idle":
                    break
                await asyncio.sleep(0.2)
        assert (runner["name"], [one["version"] for one in runner["engines"]]) == ("mgeprof-runner-x86-0", ["1.13.0"])
        shown: set[str] = set()
        for port in ports.values():
            text = (await http.get(f"http://{HOST}:{port}/metrics")).text
            shown |= set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
        assert machine.running["api"].returncode is None
    for place, expressions in asked_for().items():
        assert expressions, place
        for expression in expressions:
            unknown = {base_of(name) for name in re.findall(r"\bmgeprof_\w+", expression)} - {
                base_of(one) for one in shown
            }
            assert not unknown, f"{place} asks for {unknown}: {expression}"


def base_of(name: str) -> str:
    """Of a histogram's or a counter's series."""
    return re.sub(r"_(bucket|sum|count|total)$", "", name)
