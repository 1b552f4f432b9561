"""Models and inputs on the runner's disk, each under its digest."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from core.events.ids import Sha256
from runner.transfer import PART, Transfer


class _Kept(NamedTuple):
    used_at: float
    size: int
    path: Path


class Cache:
    """Holds up to ``most_bytes``; what was not used for longest goes first, what is in use never."""

    def __init__(self, folder: Path, transfer: Transfer, most_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(f"*{PART}*"):
            leftover.unlink()
        self._folder = folder
        self._transfer = transfer
        self._most_bytes = most_bytes
        self._in_use: dict[Sha256, int] = {}
        self._locks: dict[Sha256, asyncio.Lock] = {}

    @asynccontextmanager
    async def file(self, sha256: Sha256, url: str) -> AsyncIterator[Path]:
        """The file with these bytes, downloaded when it is not here. Raises StorageFailedError."""
        self._in_use[sha256] = self._in_use.get(sha256, 0) + 1
        try:
            async with self._locks.setdefault(sha256, asyncio.Lock()):
                path = await self._present(sha256, url)
            yield path
        finally:
            self._in_use[sha256] -= 1
            if not self._in_use[sha256]:
                del self._in_use[sha256]
                self._locks.pop(sha256, None)
            await self._shrink()

    async def _present(self, sha256: Sha256, url: str) -> Path:
        path = self._folder / sha256
        # A run could have changed the file: it counts only as long as it has its digest.
        if not path.exists() or await asyncio.to_thread(_digest, path) != sha256:
            await self._transfer.download(url, sha256, path)
        path.touch()
        return path

    async def _shrink(self) -> None:
        files = await asyncio.to_thread(_oldest_first, self._folder)
        total = sum(file.size for file in files)
        # Here and not in the thread: nobody can begin to use a file between the question and its end.
        for file in files:
            if total <= self._most_bytes:
                return
            if file.path.name not in self._in_use:
                file.path.unlink(missing_ok=True)
                total -= file.size


def _oldest_first(folder: Path) -> list[_Kept]:
    """Whole files by the time of their last use, while others come and go."""
    found: list[_Kept] = []
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            stat = path.stat()
            if PART not in path.name:
                found.append(_Kept(stat.st_mtime, stat.st_size, path))
    return sorted(found)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
