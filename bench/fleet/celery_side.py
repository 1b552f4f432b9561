"""The other side of `null_tasks`: RabbitMQ, a Celery worker, and a program that sends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from typing import Self
from urllib.parse import urlsplit

import asyncpg

from bench.fleet.until import until_all
from infra.embedded.part import Part, accepts
from infra.embedded.ports import HOST, fresh_port
from infra.embedded.stack import Stack
from infra.embedded.supervisor import Supervisor

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PROGRAM = Path(__file__).with_name("celery_tasks.py")
VENV = Path(__file__).parents[2] / ".bench" / "celery"
PACKAGES = ("celery[sqlalchemy]", "psycopg[binary]")
WORKERS = 4
ENDED = "SELECT count(*) FROM celery_taskmeta WHERE task_id = ANY ($1) AND status = 'SUCCESS'"


def rabbitmq() -> Path | None:
    """Debian's program, None where it is not installed."""
    return SERVER if SERVER.exists() else None


class CelerySide:
    """Everything on loopback and in ``folder``; results in a database of their own beside ours."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._url = stack.services.environment["MGEPROF_DATABASE_URL"]
        self._folder = folder
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await _install()
        self._folder.mkdir()
        results = await self._database()
        port, epmd_port, dist_port = (fresh_port(set()) for _ in range(3))
        supervisor = Supervisor(self._folder / "logs")
        self._opened.push_async_callback(supervisor.stop)
        self._environment = {
            **os.environ,
            "BENCH_BROKER": f"amqp://guest:guest@{HOST}:{port}//",
            "BENCH_RESULTS": f"db+{results.replace('postgresql:', 'postgresql+psycopg:')}",
            "PYTHONPATH": str(PROGRAM.parent),
        }
        epmd = ("epmd", "-port", str(epmd_port), "-address", HOST)
        supervisor.add(Part("epmd", epmd, dict(os.environ), probe=lambda: accepts(HOST, epmd_port)))
        environment = self._of_rabbitmq(port, epmd_port, dist_port)
        supervisor.add(Part("rabbitmq", (str(SERVER),), environment, probe=lambda: accepts(HOST, port)))
        worker = (str(VENV / "bin" / "celery"), "-A", "celery_tasks", "worker", "-c", str(WORKERS), "-l", "WARNING")
        supervisor.add(Part("worker", worker, self._environment, probe=_at_once))
        for name in ("epmd", "rabbitmq", "worker"):
            await supervisor.start(name)
        self._tables = await asyncpg.connect(results)
        self._opened.push_async_callback(self._tables.close)
        await self._start_sender()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def __call__(self, count: int) -> float:
        """Seconds until the last of so many tasks has its result in the table."""
        began = perf_counter()
        if self._sender.stdin is None or self._sender.stdout is None:
            raise AssertionError("the sender has no pipes")
        self._sender.stdin.write(f"{count}\n".encode())
        ids: list[str] = json.loads(await self._sender.stdout.readline())
        await until_all(self._tables, ENDED, ids)
        return perf_counter() - began

    async def _start_sender(self) -> None:
        self._sender = await asyncio.create_subprocess_exec(
            VENV / "bin" / "python", PROGRAM, env=self._environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
        )  # fmt: skip
        self._opened.push_async_callback(self._sender.wait)
        self._opened.callback(self._sender.kill)
        # The first task makes the table.
        if self._sender.stdin is None or self._sender.stdout is None:
            raise AssertionError("the sender has no pipes")
        self._sender.stdin.write(b"1\n")
        await self._sender.stdout.readline()
        async with asyncio.timeout(120):
            while not await self._tables.fetchval("SELECT to_regclass('celery_taskmeta') IS NOT NULL"):  # noqa: ASYNC110 - another process's table
                await asyncio.sleep(0.1)

    async def _database(self) -> str:
        ours = await asyncpg.connect(self._url)
        await ours.execute("CREATE DATABASE celery")
        await ours.close()
        return urlsplit(self._url)._replace(path="/celery").geturl()

    def _of_rabbitmq(self, port: int, epmd_port: int, dist_port: int) -> dict[str, str]:
        plugins = self._folder / "plugins"
        plugins.write_text("[].\n")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_EPMD_PORT": str(epmd_port),
            "RABBITMQ_NODENAME": "bench@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "logs"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "none"),
        }


async def _at_once() -> bool:
    return True


async def _install() -> None:
    """Celery in an environment of its own, made the first time."""
    if (VENV / "ready").exists():
        return
    for command in ((sys.executable, "-m", "venv", VENV), (VENV / "bin" / "pip", "install", "--quiet", *PACKAGES)):
        process = await asyncio.create_subprocess_exec(*command)
        if await process.wait():
            raise RuntimeError(f"{command[0]} failed")
    (VENV / "ready").touch()
