"""Gathering the bundle."""

from __future__ import annotations

import io
import json
import os
import platform
import shutil
import sys
import tarfile
import time
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import distributions
from pathlib import Path

import httpx2

from core.configuration import SECRETS_DIR, faults
from infra.backup.places import Places, of_environment, of_home
from infra.configuration.processes import PROCESSES, settings, unknown
from infra.embedded.home import running_stack
from infra.support.redact import HIDDEN, redacted
from infra.version import version
from projections.settings import SCHEMA

LOG_TAIL = 2 * 2**20
"""Bytes of each log, the newest."""
_PATIENCE_S = 5.0


async def write_bundle(to: Path, home: Path | None) -> list[str]:
    """A tar file with texts only, each without secrets; gives their names. What cannot be found out is said instead."""
    secrets = set(known_secrets(home))
    names = []
    with tarfile.open(to, "w:gz") as bundle:
        to.chmod(0o600)
        async for name, text in _texts(home):
            data = redacted(text, secrets).encode()
            entry = tarfile.TarInfo(f"mgeprof-support/{name}")
            entry.size, entry.mtime, entry.mode = len(data), int(time.time()), 0o600
            bundle.addfile(entry, io.BytesIO(data))
            names.append(name)
    return names


def known_secrets(home: Path | None) -> Iterator[str]:
    """All that must not be in it: of the home, of the environment, of files."""
    if home is not None:
        file = home / "secrets.json"
        if file.exists():
            yield from (value for name, value in json.loads(file.read_text()).items() if name != "runner_id")
    for process in PROCESSES:
        yield from (os.environ[one.name] for one in settings(process) if one.is_secret and one.name in os.environ)
    folder = os.environ.get(SECRETS_DIR)
    if folder and Path(folder).is_dir():
        yield from (file.read_text().strip() for file in Path(folder).iterdir() if file.is_file())
    if "MGEPROF_TOKEN" in os.environ:
        yield os.environ["MGEPROF_TOKEN"]


async def _texts(home: Path | None) -> AsyncIterator[tuple[str, str]]:
    yield "versions.txt", _versions()
    yield "settings.txt", _settings()
    yield "disk.txt", _disk(home)
    if home is not None:
        yield "stack.json", json.dumps(running_stack(home), indent=2)
        for log in sorted((home / "logs").glob("*.log*")):
            yield f"logs/{log.name}", _tail(log)
    async for name, text in _asked(home):
        yield name, text


async def _asked(home: Path | None) -> AsyncIterator[tuple[str, str]]:
    """From what runs."""
    url = _url(home)
    if url is not None:
        async with httpx2.AsyncClient(base_url=url, timeout=_PATIENCE_S) as http:
            for path in ("readyz", "metrics"):
                yield f"{path}.txt", await _answer(http, f"/{path}")
    if home is not None and running_stack(home) is None:
        return  # nothing is started for this
    try:
        async with of_home(home) if home else of_environment() as places:
            yield "log.json", json.dumps({"last_sequence": await places.log.last_sequence()})
            yield "database.txt", await _database(places)
    except Exception as error:  # noqa: BLE001 - whatever is broken is what the bundle is about
        yield "unreachable.txt", f"{type(error).__name__}: {error}"


async def _database(places: Places) -> str:
    lines = [str(await places.connection.fetchval("SELECT version()"))]
    rows = await places.connection.fetch(
        "SELECT schemaname, relname, n_live_tup, pg_total_relation_size(relid) AS bytes FROM pg_stat_user_tables ORDER BY 1, 2"
    )
    lines += [f"{row['schemaname']}.{row['relname']} rows={row['n_live_tup']} bytes={row['bytes']}" for row in rows]
    if any(row["relname"] == "projection_checkpoint" for row in rows):
        stored = await places.connection.fetchrow(f'SELECT sequence, fault FROM "{SCHEMA}".projection_checkpoint')  # noqa: S608 - our own name
        lines.append(f"checkpoint: {dict(stored or {})}")
    return "\n".join(lines) + "\n"


async def _answer(http: httpx2.AsyncClient, path: str) -> str:
    try:
        return (await http.get(path)).text
    except httpx2.HTTPError as error:
        return f"{type(error).__name__}: {error}"


def _url(home: Path | None) -> str | None:
    running = running_stack(home) if home else None
    return running["url"] if running else os.environ.get("MGEPROF_API_URL")


def _versions() -> str:
    lines = [f"mgeprof {version()}", f"Python {sys.version}", platform.platform(), f"{os.cpu_count()} processors"]
    packages = sorted(f"{one.metadata['Name']}=={one.version}" for one in distributions())
    return "\n".join([*lines, "", *packages]) + "\n"


def _settings() -> str:
    lines = []
    seen: set[str] = set()
    for process in PROCESSES:
        for one in settings(process):
            if one.name not in seen and one.name in os.environ:
                lines.append(f"{one.name}={HIDDEN if one.is_secret else os.environ[one.name]}")
            seen.add(one.name)
    lines += [f"! {fault.variable} {fault.message}" for fault in unknown(os.environ)]
    for process, models in PROCESSES.items():
        lines += [f"! {process}: {one.variable} {one.message}" for model in models for one in faults(model)]
    return "\n".join(lines) + "\n"


def _disk(home: Path | None) -> str:
    usage = shutil.disk_usage(home or Path.cwd())
    lines = [f"total={usage.total} free={usage.free}"]
    if home is not None:
        for folder in ("nats", "postgres", "s3", "runner", "logs"):
            size = sum(_size(file) for file in (home / folder).rglob("*"))
            lines.append(f"{folder}={size}")
    return "\n".join(lines) + "\n"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:  # gone meanwhile, or another user's
        return 0


def _tail(log: Path) -> str:
    with log.open("rb") as data:
        data.seek(max(0, log.stat().st_size - LOG_TAIL))
        return data.read().decode(errors="replace")
