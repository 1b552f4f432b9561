"""The engine's log: kept whole in a file up to a limit, and told line by line to whoever follows."""

import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from runner.engine.noise import without_noise

LINE_BYTES = 4_096
TAIL_BYTES = 4_096
_LOOKED_AT = 65_536

# Terminal escapes and other control characters: a follower's terminal must not obey a model.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class EngineLog:
    """Takes the log as it comes, in pieces. Holds one unfinished line and the tail in memory, never more."""

    def __init__(self, path: Path, limit: int, on_line: Callable[[str], None]) -> None:
        self._file = path.open("wb")
        self._limit = limit
        self._on_line = on_line
        self._written = 0
        self._pending = b""
        self._tail = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def tail(self) -> str:
        """The last ``TAIL_BYTES`` of the log."""
        return self._tail.decode("utf-8", "replace")

    def take(self, piece: bytes) -> bool:
        """Store ``piece``. False when the limit is reached; what lies beyond it is dropped."""
        kept = piece[: self._limit - self._written]
        self._file.write(kept)
        self._written += len(kept)
        self._tail = (self._tail + kept)[-TAIL_BYTES:]
        self._tell(kept)
        return len(kept) == len(piece)

    def end(self) -> None:
        """No more comes: tell the last line although it has no end."""
        if self._pending:
            self._on_line(clean(self._pending))
            self._pending = b""

    def _tell(self, piece: bytes) -> None:
        *lines, rest = (self._pending + piece).split(b"\n")
        for line in lines:
            self._on_line(clean(line[:LINE_BYTES]))
        # An endless line is told once it ends, cut; only its beginning is held.
        self._pending = rest[:LINE_BYTES]


def clean(line: bytes) -> str:
    """A line without terminal escapes and control characters."""
    return _CONTROL.sub("", line.decode("utf-8", "replace"))


def last_lines(path: Path, most: int) -> list[str]:
    """The last lines of a stored log, cleaned, without noise; only its last ``_LOOKED_AT`` bytes are read."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LOOKED_AT))
        return without_noise(clean(line[:LINE_BYTES]) for line in file.read().splitlines())[-most:]
