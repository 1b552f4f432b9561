"""What models declare, read from inspections; that of the last few models is kept."""

import asyncio
from collections import OrderedDict

from core.events.ids import Sha256
from core.protocol.inspection import MOST_BYTES, InspectionDocument, Variable
from core.s3.store import ObjectStore


class Declarations:
    """Inputs by the inspection's digest, so what is kept is never out of date."""

    def __init__(self, store: ObjectStore, most: int = 200) -> None:
        self._store, self._most = store, most
        self._kept: OrderedDict[Sha256, tuple[Variable, ...]] = OrderedDict()

    async def inputs(self, key: str, sha256: Sha256) -> tuple[Variable, ...]:
        """Raises ObjectMissingError, StorageUnavailableError, and ``pydantic.ValidationError`` for a document of another program."""
        if sha256 not in self._kept:
            content = await self._store.read_bytes(key, most=MOST_BYTES)
            document = await asyncio.to_thread(InspectionDocument.model_validate_json, content)
            self._kept[sha256] = document.inputs
        self._kept.move_to_end(sha256)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[sha256]
