"""Stands where an engine environment's Python would, and ends as it is told: ``fake_engine.py FOLDER`` and what the runner gives to Python.

``FOLDER/behaviour`` holds a word; each job that begins leaves a line in ``FOLDER/begun``.
"""

import ctypes
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

BUILD = "1.13.0+fake"
CHATTER = '"' * 4096 + "\n"


def main(folder: Path, *given: str) -> None:
    if "-c" in given:
        print(json.dumps({"version": "1.13.0", "build": BUILD}))  # noqa: T201 - the answer to the probe's question
        return
    if given[-1] == "peaks":
        print(json.dumps({"flops": 2e9, "bandwidth": 1e9}))  # noqa: T201 - the answer
        return
    # As the real one: nothing of it outlives a runner that was killed.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    told = json.loads(given[-1])
    lines = int(told["lines"])
    _say(lines, type="engine", build=BUILD)
    control = socket.socket(fileno=told["control"])
    if not control.recv(1):
        return
    threading.Thread(target=_end_when_told, args=(control,), daemon=True).start()
    with (folder / "begun").open("a") as begun:
        begun.write(f"{os.getpid()}\n")
    _say(lines, type="phase", phase="loading", at=time.monotonic())
    behaviour = (folder / "behaviour").read_text()
    if behaviour == "hang":
        time.sleep(3600)
    while behaviour == "wait":
        time.sleep(0.05)
        behaviour = (folder / "behaviour").read_text()
    if behaviour == "chatter":
        for _ in range(1000):
            sys.stdout.write(CHATTER)
        sys.stdout.flush()
    _say(lines, type="failure", kind="unsupported", message="This engine only pretends.")
    sys.exit(1)


def _end_when_told(control: socket.socket) -> None:
    control.recv(1)
    os._exit(0)


def _say(lines: int, **line: object) -> None:
    os.write(lines, json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
