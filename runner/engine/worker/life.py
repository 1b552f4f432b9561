"""A worker's life: start the engine, wait for one job, shut the sandbox, do it, end. What touches a user's bytes with MegEngine does so here, in a process that the runner may kill at any moment."""

from __future__ import annotations

import os
import sys
from typing import Any

from runner.engine.worker.channel import Channel, Refused
from runner.engine.worker.control import Control
from runner.engine.worker.imports import import_for
from runner.engine.worker.kinds import do
from runner.engine.worker.limits import limit_files, limit_memory, open_status
from runner.engine.worker.start import start_engine
from runner.sandbox.inside.confinement import Confinement
from runner.sandbox.inside.lock import NoLock


def live(told: dict[str, Any]) -> None:
    """Never returns."""
    channel, control = Channel(told["lines"]), Control(told["control"])
    confinement = Confinement(told["confinement"])
    try:
        confinement.begin()
        build = start_engine()
        channel.send("engine", build=build)
        job = control.job()
        if job is None:
            os._exit(0)
        prepare(job, control)
        # In this layout MegDNN writes machine code as it goes.
        confinement.shut(code=job["options"]["nchw88"])
    except (ImportError, NoLock, OSError, RuntimeError) as error:
        channel.send("failure", kind="internal", message=f"MegEngine could not be started: {error}")
        os._exit(1)
    _do(job, channel)


def prepare(job: dict[str, Any], control: Control) -> None:
    """Everything that cannot be had any more once the sandbox is shut. The order is the runner's; no byte of the user's files is read yet."""
    import_for(job)
    control.heed_stop()
    job["status"] = open_status()
    limit_files(job["limits"])
    limit_memory(job["limits"]["address_space"], job["status"])


def _do(job: dict[str, Any], channel: Channel) -> None:
    channel.phase("loading")
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
