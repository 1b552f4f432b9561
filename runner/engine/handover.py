"""A job on its way to a worker: its files as sealed memory, its order among them, and a file for what the worker leaves."""

import array
import json
import os
import socket
from contextlib import suppress
from pathlib import Path

from runner.engine.job import EngineJob, EngineLimits
from runner.sandbox.sealed import sealed_bytes, sealed_file

WATCHED_OUTSIDE = {"time_limit_s", "queue_limit_s"}
"""Options that are none of the worker's business."""
MORE, LAST = b"+", b"."
"""As ``worker/control.py`` hears them."""
MOST = 200
"""Descriptors in one message: Linux takes 253."""
LEFT = "left"
"""The file, in the job's output folder, in which everything that the worker leaves stands one behind the other."""


class HandOver:
    """Holds descriptors until it is closed."""

    def __init__(self, job: EngineJob, limits: EngineLimits) -> None:
        """Copies all files into memory: call it off the event loop. Raises OSError."""
        self._fds: list[int] = []
        try:
            self._fds.append(-1)
            order = self._order(job, limits)
            self._fds[0] = sealed_bytes("order", json.dumps(order).encode())
        except BaseException:
            self.close()
            raise

    def send(self, to: socket.socket) -> None:
        """Nobody waits for it to be heard: a worker that does not, or is gone, is like any other that does nothing."""
        groups = [self._fds[at : at + MOST] for at in range(0, len(self._fds), MOST)]
        with suppress(OSError):
            for group in groups:
                word = LAST if group is groups[-1] else MORE
                rights = array.array("i", group)
                to.sendmsg([word], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])

    def close(self) -> None:
        while self._fds:
            fd = self._fds.pop()
            if fd >= 0:
                os.close(fd)

    def _order(self, job: EngineJob, limits: EngineLimits) -> dict[str, object]:
        """Files are places among the descriptors."""
        return {
            "kind": job.kind,
            "model": self._sealed(job.model),
            "output": self._hold(os.open(job.output / LEFT, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)),
            "inputs": {name: self._sealed(path) for name, path in job.inputs.items()},
            "readings": {name: dict(reading) for name, reading in job.data.readings.items()},
            "archives": [self._sealed(path) for path in job.data.archives],
            "random": {name: dict(recipe) for name, recipe in job.data.random.items()},
            "options": job.options.model_dump(exclude=WATCHED_OUTSIDE),
            "output_names": list(job.output_names),
            "limits": {
                "address_space": limits.memory_bytes if limits.address_space else None,
                "file_bytes": limits.file_bytes,
                "open_files": limits.open_files,
                "dump_bytes": limits.dump_bytes,
            },
        }

    def _sealed(self, path: Path) -> int:
        return self._hold(sealed_file(path))

    def _hold(self, fd: int) -> int:
        self._fds.append(fd)
        return len(self._fds) - 1
