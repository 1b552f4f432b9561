"""What the worker says to the runner, and what it leaves there."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Refused(Exception):  # noqa: N818 - named after the fact
    """The job cannot be done, for a reason that we found out ourselves. ``kind`` is a failure kind; the message is for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Channel:
    """JSON lines to the runner. Lines are written whole, so a killed worker leaves at most one broken line."""

    def __init__(self, fd: int) -> None:
        self._out = os.fdopen(fd, "w", encoding="utf-8", buffering=1)
        os.set_inheritable(fd, False)

    def send(self, line_type: str, /, **fields: object) -> None:
        self._out.write(json.dumps({"type": line_type, **fields}) + "\n")
        self._out.flush()

    def phase(self, name: str) -> None:
        self.send("phase", phase=name, at=time.monotonic())

    def leave(self, output: int, name: str, pieces: Iterable[bytes | memoryview]) -> None:
        """Write a file behind those that are there in the job's one ``output``, and say how long it is."""
        size = 0
        for piece in pieces:
            rest = memoryview(piece).cast("B")
            while rest:
                written = os.write(output, rest)
                size, rest = size + written, rest[written:]
        self.send("file", name=name, size=size)
