"""Stands where an engine environment's Python would, speaks the worker's protocol, and measures nothing: ``stand_in.py FOLDER`` and what the runner gives to Python.

It takes a job with its files as the real worker does, lasts two milliseconds for each iteration that is asked for, and leaves ``FOLDER/raw.json`` for each profiled
pass, or ``FOLDER/inspection.json``.
"""

import array
import ctypes
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

BUILD = "1.13.0+stand.in"
ITERATION_S = 0.002


def main(folder: Path, *given: str) -> int:
    if "-c" in given:
        os.write(1, json.dumps({"version": "1.13.0", "build": BUILD}).encode() + b"\n")
        return 0
    if given[-1] == "peaks":
        return 1  # it has none, and none of its making shall be kept for the real engine
    # As the real one: nothing of it outlives a runner that was killed.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    told = json.loads(given[-1])
    say = Lines(told["lines"])
    say("engine", build=BUILD)
    job = hear(socket.socket(fileno=told["control"]))
    if job is not None:
        work(folder, job, say)
    return 0


class Lines:
    """To the runner."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __call__(self, kind: str, **fields: object) -> None:
        os.write(self._fd, json.dumps({"type": kind, **fields}).encode() + b"\n")

    def phase(self, name: str) -> None:
        self("phase", phase=name, at=time.monotonic())


def hear(control: socket.socket) -> "dict[str, object] | None":
    """The order, with a descriptor in the place of its output; None when there is none any more."""
    numbers = array.array("i")
    word, ancillary, _, _ = control.recvmsg(1, socket.CMSG_SPACE(200 * numbers.itemsize))
    if not word:
        return None
    for _level, _kind, content in ancillary:
        numbers.frombytes(content)
    with os.fdopen(numbers[0], "rb") as file:
        file.seek(0)
        job: dict[str, object] = json.load(file)
    job["output"] = numbers[job["output"]]  # type: ignore[call-overload] # a place among the descriptors
    threading.Thread(target=_end_when_told, args=(control,), daemon=True).start()
    return job


def work(folder: Path, job: "dict[str, object]", say: Lines) -> None:
    output, options = job["output"], job["options"]
    assert isinstance(output, int)
    assert isinstance(options, dict)
    say.phase("loading")
    if job["kind"] == "inspect":
        leave(say, output, "inspection.json", (folder / "inspection.json").read_bytes())
        say("inspected", peak_memory=1)
        return
    say.phase("warming_up")
    say.phase("timing")
    time.sleep(options["iterations"] * ITERATION_S)
    say.phase("profiling")
    passes = options["profiled_passes"]
    for number in range(1, passes + 1):
        leave(say, output, f"raw-{number}.json", (folder / "raw.json").read_bytes())
    times = {"load_s": 0.001, "compile_s": 0.001, "first_run_s": ITERATION_S, "peak_memory": 1}
    latencies = {"latencies": [ITERATION_S] * options["iterations"], "profiled_latencies": [ITERATION_S] * passes}
    say("result", **times, **latencies)


def leave(say: Lines, output: int, name: str, content: bytes) -> None:
    os.write(output, content)
    say("file", name=name, size=len(content))


def _end_when_told(control: socket.socket) -> None:
    control.recv(1)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
