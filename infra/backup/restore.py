"""Putting a backup back, into an installation that is empty."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from api.wiring import MIGRATIONS, SCHEMA
from core.nats.snapshot import Snapshot
from core.postgres import copying
from core.postgres.connection import open_pool
from core.postgres.migrate import migrate
from infra.backup.folder import BackupError, Folder, Kept, Manifest, chunks_of
from infra.backup.places import Places

AT_ONCE = 8
OURS = (SCHEMA, "read", "scheduler")
"""Schemas that must not be there: the last two are made anew from the log."""

Say = Callable[[str], None]


def checked(source: Path) -> tuple[Folder, Manifest]:
    """A backup that is whole. Raises BackupError."""
    folder = Folder(source)
    manifest = folder.read()
    folder.check(manifest)
    return folder, manifest


async def restore(places: Places, folder: Folder, manifest: Manifest, *, say: Say = lambda _: None) -> None:
    """Files, tables and log of a backup that was checked, in this order: the log comes last, for it is what makes the rest count.

    Nothing is touched unless everything is empty. Raises BackupError, SnapshotError; DigestMismatchError and what the outside systems raise.
    """
    await _must_be_empty(places)
    say(f"putting back {manifest.objects} files")
    await _put_objects(places, folder)
    say("putting back the tables")
    await _put_tables(places, folder, manifest)
    say(f"putting back {manifest.sequence} events")
    await _put_events(places, folder, manifest)


async def _must_be_empty(places: Places) -> None:
    there = []
    if await places.log.last_sequence() is not None:
        there.append("the broker holds an event log")
    rows = await places.connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname = ANY($1)", OURS)
    schemas = {row["nspname"] for row in rows}
    there += [f"the database has a schema {name}" for name in OURS if name in schemas]
    await places.store.ensure_bucket()
    async for entry in places.store.list(""):
        there.append(f"the bucket holds {entry.key}")
        break
    if there:
        raise BackupError(f"a backup is restored into an empty installation only, and {'; '.join(there)}")


async def _put_objects(places: Places, folder: Folder) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def put(one: Kept) -> None:
        async with slots:
            await places.store.put_stream(one.key, _bytes_of(folder.object(one.key)), sha256=one.sha256)

    async with asyncio.TaskGroup() as putting:
        for one in folder.kept():
            putting.create_task(put(one))


async def _bytes_of(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as data:
        for chunk in chunks_of(data):
            yield chunk


async def _put_tables(places: Places, folder: Folder, manifest: Manifest) -> None:
    await migrate(places.database_url, SCHEMA, MIGRATIONS, manifest.revision)
    pool = await open_pool(places.database_url, size=1)
    async with pool, pool.acquire() as connection:
        await copying.read_in(connection, SCHEMA, folder.tables, manifest.tables)
    # Forward to what this program knows.
    await migrate(places.database_url, SCHEMA, MIGRATIONS)


async def _put_events(places: Places, folder: Folder, manifest: Manifest) -> None:
    taken = Snapshot(manifest.stream, manifest.state).with_replicas(places.replicas)
    with folder.events_file.open("rb") as data:
        last = await places.log.put_back(taken, chunks_of(data))
    if last < manifest.sequence:
        raise BackupError(f"the log ends at {last}, and the backup goes to {manifest.sequence}")
    if await places.log.fingerprint(manifest.sequence) != manifest.events_sha256:
        raise BackupError("the events that came back are not those that were backed up")
