"""Taking a backup while everything runs.

Almost all bytes are copied first. Then the api's tables stand still for a moment; in it the log, the tables and what the bucket
got meanwhile are written down. So what is in the backup is what really stood there at one moment, as after a pulled plug.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from api.wiring import SCHEMA
from core.postgres import copying
from core.postgres.migrate import revision_of
from core.s3.errors import ObjectMissingError
from infra.backup.folder import BackupError, Folder, Kept, Manifest
from infra.backup.places import Places
from infra.version import version

AT_ONCE = 8
"""Objects that are fetched at the same time."""
STILL_WITHIN_S = 60.0
_ROUNDS = 3
"""Of copying before the tables stand still, so that little is left for that moment."""
BY_DIGEST = ("models/", "inputs/")
"""Keys that hold the digest of their bytes: what an earlier backup has of them need not be fetched again."""

Say = Callable[[str], None]


async def take(places: Places, to: Path, *, earlier: Path | None = None, say: Say = lambda _: None) -> Manifest:
    """Write a backup into a folder that is not there yet; nothing stands under its name before all of it does.

    Models and inputs that an earlier backup holds are linked from there. Raises BackupError, SnapshotError, TablesBusyError.
    """
    if to.exists():
        raise BackupError(f"{to} is there already: each backup gets a folder of its own")
    folder = Folder(to.with_name(f".{to.name}.{os.getpid()}"))
    folder.make()
    try:
        manifest = await _fill(places, folder, None if earlier is None else Folder(earlier), say)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder.path, ignore_errors=True)
        raise
    folder.path.rename(to)
    return manifest


async def _fill(places: Places, folder: Folder, earlier: Folder | None, say: Say) -> Manifest:
    revision = await revision_of(places.database_url, SCHEMA)
    if revision is None:
        raise BackupError("the database has no tables of mgeprof's yet: nothing has been started here")
    bucket = _Bucket(places, folder, earlier)
    for _ in range(_ROUNDS):
        say(f"copying files: {len(bucket.kept)} so far")
        if await bucket.copy() < AT_ONCE:
            break
    say("the tables stand still: writing down log and tables")
    async with copying.nobody_writes(places.connection, SCHEMA, within_s=STILL_WITHIN_S):
        with folder.events_file.open("wb") as events:
            taken = await places.log.take(events)
        tables = await copying.write_out(places.connection, SCHEMA, folder.tables)
        await bucket.copy()
    bucket.write_list()
    say("checking")
    manifest = Manifest(
        mgeprof=version(),
        taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
        sequence=taken.sequence,
        events_sha256=await places.log.fingerprint(taken.sequence),
        stream=taken.config,
        state=taken.state,
        revision=revision,
        tables={table.name: table.columns for table in tables},
        objects=len(bucket.kept),
        object_bytes=sum(one.size for one in bucket.kept.values()),
        files=await asyncio.to_thread(folder.digests),
    )
    folder.write(manifest)
    return manifest


class _Bucket:
    """Copies what the bucket has and the folder has not."""

    def __init__(self, places: Places, folder: Folder, earlier: Folder | None) -> None:
        self._store, self._folder = places.store, folder
        self._earlier = earlier
        self._there = {one.key: one for one in earlier.kept()} if earlier else {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self.kept: dict[str, Kept] = {}

    async def copy(self) -> int:
        """How many objects were new, or had changed."""
        fresh = []
        async for entry in self._store.list(""):
            have = self.kept.get(entry.key)
            # Parts of uploads may be sent again; whatever else stands in the bucket is written once.
            if have is None or have.size != entry.size or entry.key.startswith("uploads/"):
                fresh.append(entry.key)
        await asyncio.gather(*map(self._take, fresh))
        return len([key for key in fresh if not key.startswith("uploads/")])

    async def _take(self, key: str) -> None:
        async with self._slots:
            kept = self._link(key) or await self._fetch(key)
        if kept is None:
            self.kept.pop(key, None)
        else:
            self.kept[key] = kept

    def _link(self, key: str) -> Kept | None:
        there = self._there.get(key)
        if self._earlier is None or there is None or not key.startswith(BY_DIGEST):
            return None
        file = self._folder.object(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        try:
            file.hardlink_to(self._earlier.object(key))
        except OSError:  # gone from there, or on another disk
            return None
        return there

    async def _fetch(self, key: str) -> Kept | None:
        """None when it was deleted between the list and now: nothing refers to it then."""
        file, digest, size = self._folder.object(key), hashlib.sha256(), 0
        try:
            body = await self._store.get(key)
        except ObjectMissingError:
            return None
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            async for chunk in body.chunks():
                digest.update(chunk)
                out.write(chunk)
                size += len(chunk)
        return Kept(key, size, digest.hexdigest())

    def write_list(self) -> None:
        with self._folder.objects_file.open("w") as out:
            for key in sorted(self.kept):
                out.write(json.dumps(vars(self.kept[key])) + "\n")
