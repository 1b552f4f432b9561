"""A worker's life: start the engine, wait for one job, do it, end. What touches a user's bytes with MegEngine does so here, in a process that the runner may kill at any moment."""

from __future__ import annotations

import json
import os
import sys

from runner.engine.worker.channel import Channel, Refused
from runner.engine.worker.kinds import do
from runner.engine.worker.limits import die_with, limit_files, limit_memory
from runner.engine.worker.start import start_engine


def live(fd: int, parent: int) -> None:
    """Never returns."""
    die_with(parent)
    channel = Channel(fd)
    try:
        build = start_engine()
    except (ImportError, OSError, RuntimeError) as error:
        channel.send("failure", kind="internal", message=f"MegEngine could not be started: {error}")
        os._exit(1)
    channel.send("engine", build=build)
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    job = json.loads(line)
    channel.phase("loading")
    limit_files(job["limits"])
    limit_memory(job["limits"]["memory_bytes"])
    try:
        line_type, fields = do(job, channel)
        channel.send(line_type, **fields)
    except Refused as refusal:
        channel.send("failure", kind=refusal.kind, message=str(refusal))
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is the runner's to classify
        channel.send("failure", kind=None, message=f"{type(error).__name__}: {error}"[:20_000])
        os._exit(1)
    # The engine's own tear-down takes 0.3 s and has nothing left to do.
    sys.stdout.flush()
    os._exit(0)
