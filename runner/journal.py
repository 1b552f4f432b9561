"""Lines on disk, many with one sync: what is written while the disk is busy goes out together with its next sync."""

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path

_UNFINISHED = ".new"
_MOST_BYTES = 2**21
"""What a journal may grow to before it is written anew."""


class Journal:
    """One file of lines. ``current`` gives the lines that still count: with them the file is begun anew when it has grown long."""

    def __init__(self, path: Path, current: Callable[[], Iterable[bytes]]) -> None:
        self._path = path
        self._current = current
        self._size = 0
        self._lines: list[bytes] = []
        self._given, self._safe = 0, 0
        self._failed: OSError | None = None
        self._writer: asyncio.Task[None] | None = None
        self._progress = asyncio.Condition()

    def read(self) -> list[bytes]:
        """All lines; the last may be broken off, or lack its end."""
        return self._path.read_bytes().splitlines() if self._path.exists() else []

    def begin_anew(self) -> None:
        """With what still counts. On disk, whole, before this returns."""
        self._begin_with(_joined(self._current()))

    def add(self, line: bytes) -> None:
        """Goes to disk after all lines before it, when ``written`` or ``go_on`` is called next."""
        self._lines.append(line)
        self._given += 1

    def go_on(self) -> None:
        """Write what was added, without anybody waiting for it. Needs a running loop."""
        if self._lines and self._writer is None:
            self._writer = asyncio.create_task(self._write_all_lines(), name="journal")

    async def written(self) -> None:
        """Returns when all lines so far are on disk. Raises OSError, then and ever after, when one cannot be written."""
        self.go_on()
        wanted = self._given
        async with self._progress:
            await self._progress.wait_for(lambda: self._safe >= wanted or self._failed is not None)
        if self._failed is not None:
            raise self._failed

    async def _write_all_lines(self) -> None:
        while self._lines and self._failed is None:
            lines, self._lines = self._lines, []
            try:
                await self._put(lines)
            except OSError as error:  # whoever waits hears of it; nothing is written after a gap
                self._failed = error
            else:
                self._safe += len(lines)
            async with self._progress:
                self._progress.notify_all()
        self._writer = None

    async def _put(self, lines: list[bytes]) -> None:
        if self._size > _MOST_BYTES:
            await asyncio.to_thread(self._begin_with, _joined(self._current()))
        else:
            await asyncio.to_thread(self._append, _joined(lines))

    def _append(self, content: bytes) -> None:
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND)  # never made here: what was in it would be missing
        try:
            _write_all(file, content)
            os.fdatasync(file)
        finally:
            os.close(file)
        self._size += len(content)

    def _begin_with(self, content: bytes) -> None:
        new = self._path.with_name(self._path.name + _UNFINISHED)
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write_all(file, content)
            os.fsync(file)
        finally:
            os.close(file)
        new.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._size = 0


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _write_all(file: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]
