"""Analysed documents, the last few of them kept parsed."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from uuid import UUID

from core.events.ids import Sha256
from core.profile.again import analyse_again, is_outdated
from core.profile.document import DocumentUnreadable, ProfileDocument, load_document
from core.profile.malformed import RawProfileMalformed
from core.s3 import keys
from core.s3.store import ObjectStore
from projections.task_detail.fold import KeptArtifact, TaskDetail

MOST_RAW_BYTES = 64 * 2**20
"""No raw profile is longer: the engine's process may not write longer files."""


class Documents:
    """By task and digest, so a kept document is never out of date. One of an earlier analyser is analysed again from the raw profiles when it is read."""

    def __init__(self, store: ObjectStore, most: int = 8) -> None:
        self._store, self._most = store, most
        self._kept: OrderedDict[tuple[UUID, Sha256], ProfileDocument] = OrderedDict()

    async def get(self, task: TaskDetail, stored: KeptArtifact) -> ProfileDocument:
        """Raises DocumentUnreadable, ObjectMissingError, StorageUnavailableError."""
        at = task.id, stored.sha256
        if at not in self._kept:
            content = await self._store.read_bytes(keys.artifact(task.id, stored.attempt, stored.name))
            self._kept[at] = await self._read(task, stored.attempt, content)
        self._kept.move_to_end(at)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[at]

    async def _read(self, task: TaskDetail, attempt: int, content: bytes) -> ProfileDocument:
        try:
            again = await self.again(task, attempt, content)
        except (DocumentUnreadable, RawProfileMalformed):
            # What it says may still be read as it is.
            again = None
        return await asyncio.to_thread(load_document, content) if again is None else again

    async def again(self, task: TaskDetail, attempt: int, content: bytes) -> ProfileDocument | None:
        """What the present analyser makes of the raw profiles of an attempt, whose stored document is ``content``; None where it is its own, or they are not kept.

        One of them is in memory at a time. Raises DocumentUnreadable, RawProfileMalformed, ObjectMissingError, StorageUnavailableError.
        """
        if not is_outdated(content):
            return None
        names = [keys.artifact(task.id, attempt, one.name) for one in raw_profiles(task, attempt)]
        loop = asyncio.get_running_loop()

        def profiles() -> Iterator[bytes]:
            """In the thread that analyses, which waits for each."""
            for name in names:
                reading = self._store.read_bytes(name, most=MOST_RAW_BYTES)
                yield asyncio.run_coroutine_threadsafe(reading, loop).result()

        return await asyncio.to_thread(analyse_again, content, profiles()) if names else None


def newest(task: TaskDetail) -> KeptArtifact | None:
    """The analysed document of the last attempt that left one, by the newest analyser that has read it: ``profile.json``, then ``profile-<analyser>.json``."""
    found = [one for one in task.artifacts if one.name == "profile.json" or _analyser_of(one.name)]
    return max(found, key=lambda one: (one.attempt, _analyser_of(one.name)), default=None)


def name_of(analyser: int) -> str:
    """Of the document that a later analyser makes; the first one is ``profile.json``, and stays."""
    return f"profile-{analyser}.json"


def _analyser_of(name: str) -> int:
    number = name.removeprefix("profile-").removesuffix(".json")
    return int(number) if number.isdecimal() and name == name_of(int(number)) else 0


def raw_profiles(task: TaskDetail, attempt: int) -> Iterator[KeptArtifact]:
    """Those of the attempt's passes, in their order."""
    names = {one.name: one for one in task.artifacts if one.attempt == attempt}
    number = 1
    while (found := names.get(f"raw-{number}.json")) is not None:
        yield found
        number += 1
