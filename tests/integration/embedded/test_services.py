"""The embedded services: real ones, killed for real."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import asyncpg
import pytest

from infra.embedded.home import HomeInUseError
from infra.embedded.part import BackOff, State
from infra.embedded.services import ALL, Services

QUICK = BackOff(first_s=0.05)


async def test_gives_our_processes_what_they_need(environment: dict[str, str]) -> None:
    connection = await asyncpg.connect(environment["MGEPROF_DATABASE_URL"])
    try:
        assert await connection.fetchval("SELECT current_user") == "mgeprof"
        assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
    finally:
        await connection.close()


@pytest.mark.parametrize("name", ALL)
async def test_a_killed_service_comes_back_on_its_port(name: str, tmp_path: Path) -> None:
    async with Services(tmp_path / "home", {name}, back_off=QUICK) as services:
        before = services[name].pid
        assert await services[name].kill() == -signal.SIGKILL
        await services[name].until_ready()
        assert services[name].pid not in {before, None}
        assert services[name].state is State.READY
        _, writer = await asyncio.open_connection("127.0.0.1", services.ports[name])
        writer.close()
        await writer.wait_closed()


async def test_what_was_stored_survives_a_kill_of_postgres(tmp_path: Path) -> None:
    async with Services(tmp_path / "home", {"postgres"}, back_off=QUICK) as services:
        url = services.environment["MGEPROF_DATABASE_URL"]
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        await services["postgres"].kill()
        connection.terminate()
        await services["postgres"].until_ready()
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT n FROM kept") == 7
        await connection.close()


async def test_a_second_start_on_one_home_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with Services(home, {"s3"}) as first:
        # What `mgeprof up` writes when it serves.
        first.home.stack_file.write_text(json.dumps({"pid": 1, "url": "http://127.0.0.1:1"}))
        with pytest.raises(HomeInUseError, match=r"http://127\.0\.0\.1:1 \(pid 1\)"):
            await Services(home, {"s3"}).__aenter__()
    async with Services(home, {"s3"}) as again:
        assert again.ports == first.ports
        assert again.secrets == first.secrets


async def test_a_port_that_somebody_took_meanwhile_is_chosen_anew(tmp_path: Path) -> None:
    async with Services(tmp_path / "home", {"s3"}) as services:
        ports = services.ports
    taker = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", ports["s3"])
    async with taker, Services(tmp_path / "home", {"s3"}) as services:
        assert services.ports["s3"] != ports["s3"]
        assert services.ports["api"] == ports["api"]


async def test_secrets_and_configuration_are_for_the_owner_only(tmp_path: Path) -> None:
    async with Services(tmp_path / "home", {"nats"}) as services:
        home = services.home.path
        assert home.stat().st_mode & 0o077 == 0
        private = [home / "secrets.json", home / "token", home / "nats" / "nats.conf"]
        assert [file.stat().st_mode & 0o777 for file in private] == [0o600] * 3
        assert services.secrets.token.startswith("mgp_")
        assert len(services.secrets.token) == len("mgp_") + 43
