"""`overhead`: what mgeprof costs over MegEngine's command-line tools, from the shell's prompt back to it.

Ours: `mgeprof submit … --wait --json` on a stack that runs, with one profiled pass. Theirs, by hand: `load_network_and_run` with a profile, then
`profile_analyze` on it; the same model, warm-ups and iterations. The two alternate, so that whatever else the machine does meets both, and each
begins when the machine is quiet: the runner has made its next spare process by then. The further figures say where our time goes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.frame import Figure, Goal
from infra.embedded.stack import Stack
from infra.engines.environment import find_engine

ENGINE = "1.13.0"
BUILD = Path(__file__).with_name("residual.py")
ROUNDS = 7
ITERATIONS, WARM_UPS, PROFILED_PASSES = 5, 2, 1
QUIET_S = 3.0
GOAL = Goal(1.0)


@dataclass(frozen=True)
class Took:
    """One program, from its start to its end: seconds, the wall clock at both, and what it wrote to standard output."""

    seconds: float
    began: float
    ended: float
    said: str


async def run() -> Sequence[Figure]:
    """The figure, in seconds per run, and its parts."""
    engine = find_engine(ENGINE)
    if engine is None:
        raise SystemExit(f"MegEngine {ENGINE} is not installed: run `mgeprof engine install {ENGINE}`")
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as name:
        folder = Path(name)
        await timed(str(engine.python), "-W", "ignore", str(BUILD), "resnet18", name)
        async with Stack(folder / "home", engines=(engine,)) as stack:
            await stack.start()
            known = {"MGEPROF_URL": stack.url, "MGEPROF_TOKEN": stack.services.secrets.token}
            # Once each without counting: files come into the page cache, and the model to the server.
            await by_hand(engine.python, folder)
            await timed(*our_command(folder), environment=known)
            ours: list[Took] = []
            theirs: list[float] = []
            for _ in range(ROUNDS):
                await asyncio.sleep(QUIET_S)
                ours.append(await timed(*our_command(folder), environment=known))
                await asyncio.sleep(QUIET_S)
                theirs.append(await by_hand(engine.python, folder))
    parts = [parts_of(one) for one in ours]
    return [
        Figure("overhead", "s", [one.seconds for one in ours], theirs, GOAL),
        *(Figure(f"overhead: {part}", "s", [one[part] for one in parts]) for part in parts[0]),
    ]


def our_command(folder: Path) -> list[str]:
    """A run through mgeprof."""
    submit = [sys.executable, "-P", "-m", "infra.cli.main", "submit", str(folder / "resnet18.mge")]
    submit += ["--data", f"data={folder / 'resnet18-data.npy'}", "--platform", "x86", "--engine", ENGINE]
    submit += ["--iterations", str(ITERATIONS), "--warmup", str(WARM_UPS), "--passes", str(PROFILED_PASSES)]
    return [*submit, "--wait", "--json"]


async def by_hand(python: Path, folder: Path) -> float:
    """The same with MegEngine's own tools, one after the other; seconds."""
    profile = str(folder / "profile.json")
    tool = [str(python), "-W", "ignore", "-m"]
    model = str(folder / "resnet18.mge")
    run_it = [*tool, "megengine.tools.load_network_and_run", model, "--warm-up", str(WARM_UPS)]
    measured = await timed(*run_it, "--iter", str(ITERATIONS), "--profile", profile)
    analysed = await timed(*tool, "megengine.tools.profile_analyze", profile, "-t", "10")
    return measured.seconds + analysed.seconds


def parts_of(took: Took) -> dict[str, float]:
    """Where the time of one of our runs went, in seconds. All clocks are this machine's."""
    task: dict[str, Any] = json.loads(took.said)
    at = {key: datetime.fromisoformat(task[key]).timestamp() for key in ("submitted_at", "started_at", "ended_at")}
    phases: dict[str, float] = task["phases"]
    return {
        "submitting": at["submitted_at"] - took.began,
        "queueing": at["started_at"] - at["submitted_at"],
        **phases,
        "handing over": at["ended_at"] - at["started_at"] - sum(phases.values()),
        "showing": took.ended - at["ended_at"],
    }


async def timed(*argv: str, environment: Mapping[str, str] | None = None, together: bool = False) -> Took:
    """Run a program. ``together``: what it writes to standard error counts as said, too.

    Raises:
        RuntimeError: it did not end well; the message holds what it said.
    """
    began, clock = time.time(), time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT if together else asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
    )
    said, complained = await process.communicate()
    took = time.perf_counter() - clock
    if process.returncode != 0:
        raise RuntimeError(
            f"{' '.join(argv)} ended with {process.returncode}:\n{(complained or said).decode(errors='replace')}"
        )
    return Took(took, began, time.time(), said.decode(errors="replace"))
