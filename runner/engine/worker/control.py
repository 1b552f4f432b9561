"""What the worker hears of the runner: one job with its files, then at most that it has to stop."""

from __future__ import annotations

import array
import json
import os
import socket
import threading
from typing import Any, BinaryIO

MORE, LAST = b"+", b"."
"""Each comes with descriptors; behind the last one of a job comes nothing but the stop."""
MOST = 200
"""Descriptors in one message: Linux takes 253."""


class Control:
    """The other end of the runner's socket ``fd``."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        os.set_inheritable(fd, False)

    def job(self) -> dict[str, Any] | None:
        """The order, with descriptors in the places of files; None when the runner has none any more.

        The first descriptor is the order itself, which names the others by their places.
        """
        fds: list[int] = []
        while True:
            word, received = self._hear()
            fds += received
            if not word:
                return None
            if word == LAST:
                break
        with opened(fds[0]) as order:
            job: dict[str, Any] = json.load(order)
        job["model"] = fds[job["model"]]
        job["output"] = fds[job["output"]]
        job["inputs"] = {name: fds[place] for name, place in job["inputs"].items()}
        job["archives"] = [fds[place] for place in job["archives"]]
        return job

    def heed_stop(self) -> None:
        """End at once when the runner says so, or is gone."""
        threading.Thread(target=self._wait_for_stop, daemon=True).start()

    def _wait_for_stop(self) -> None:
        os.read(self._socket.fileno(), 1)
        os._exit(0)

    def _hear(self) -> tuple[bytes, list[int]]:
        numbers = array.array("i")
        word, ancillary, _, _ = self._socket.recvmsg(1, socket.CMSG_SPACE(MOST * numbers.itemsize))
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers.frombytes(content[: len(content) - len(content) % numbers.itemsize])
        return word, list(numbers)


def opened(fd: int) -> BinaryIO:
    """What a held descriptor has, from its beginning; closing this leaves the descriptor open, for who reads it again."""
    file = os.fdopen(fd, "rb", closefd=False)
    file.seek(0)
    return file
