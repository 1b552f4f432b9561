"""Analysed documents, the last few of them kept parsed."""

import asyncio
from collections import OrderedDict

from core.events.ids import Sha256
from core.profile.document import ProfileDocument, load_document
from core.s3.store import ObjectStore


class Documents:
    """By digest, so a kept document is never out of date."""

    def __init__(self, store: ObjectStore, most: int = 8) -> None:
        self._store, self._most = store, most
        self._kept: OrderedDict[Sha256, ProfileDocument] = OrderedDict()

    async def get(self, key: str, sha256: Sha256) -> ProfileDocument:
        """Raises ObjectMissingError, StorageUnavailableError."""
        if sha256 not in self._kept:
            content = await self._store.read_bytes(key)
            self._kept[sha256] = await asyncio.to_thread(load_document, content)
        self._kept.move_to_end(sha256)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[sha256]
