"""The bytes of an object on their way in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.s3.errors import in_words_of_ours

if TYPE_CHECKING:
    from aiobotocore.response import StreamingBody

CHUNK = 256 * 1024


@dataclass(frozen=True)
class ObjectBody:
    """An open object: iterate ``chunks`` to the end, or ``close`` it. ``size`` in bytes."""

    key: str
    size: int
    stream: "StreamingBody"

    async def chunks(self, most: int | None = None) -> AsyncIterator[bytes]:
        """Bytes in pieces of at most 256 KiB, ``most`` bytes altogether. Raises StorageUnavailableError, also in the middle."""
        left = self.size if most is None else min(most, self.size)
        try:
            with in_words_of_ours(self.key):
                while left > 0 and (chunk := await self.stream.read(min(CHUNK, left))):
                    left -= len(chunk)
                    yield chunk
        finally:
            self.close()

    def close(self) -> None:
        self.stream.close()
