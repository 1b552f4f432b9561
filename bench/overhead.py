"""`overhead`: what mgeprof costs over the command-line tool, from the shell's prompt back to it.

Ours: `mgeprof submit … --wait --json` on a stack that runs, with one profiled pass. Theirs: `load_network_and_run` with a
profile, by hand, on the same model with as many warm-ups and iterations. The two alternate, so that whatever else the machine
does meets both.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.frame import Figure, Goal
from infra.embedded.stack import Stack
from infra.engines.environment import find_engine

ENGINE = "1.13.0"
BUILD = Path(__file__).parents[1] / "infra" / "examples" / "build.py"
ROUNDS = 7
ITERATIONS, WARM_UPS, PROFILED_PASSES = 10, 1, 1
# A run through mgeprof also checks, stores, records and analyses; it may take no more than half as long again.
GOAL = Goal(1.5)


async def run() -> Sequence[Figure]:
    """The figure, in seconds per run."""
    engine = find_engine(ENGINE)
    if engine is None:
        raise SystemExit(f"MegEngine {ENGINE} is not installed: run `mgeprof engine install {ENGINE}`")
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        examples = Path(folder, "examples")
        await timed(str(engine.python), "-W", "ignore", str(BUILD), str(examples))
        async with Stack(Path(folder, "home"), engines=(engine,)) as stack:
            await stack.start()
            known = {"MGEPROF_URL": stack.url, "MGEPROF_TOKEN": stack.services.secrets.token}
            ours, theirs = our_command(examples), their_command(engine.python, examples, Path(folder))
            # Once each without counting: files come into the page cache.
            await timed(*theirs)
            await timed(*ours, environment=known)
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(ROUNDS):
                times[0].append(await timed(*ours, environment=known))
                times[1].append(await timed(*theirs))
    return [Figure("overhead", "s", times[0], times[1], GOAL)]


def our_command(examples: Path) -> list[str]:
    """A run through mgeprof."""
    submit = [sys.executable, "-P", "-m", "infra.cli.main", "submit", str(examples / "resnet.mge")]
    submit += ["--data", f"data={examples / 'resnet-data.npy'}", "--platform", "x86", "--engine", ENGINE]
    submit += ["--iterations", str(ITERATIONS), "--warmup", str(WARM_UPS), "--passes", str(PROFILED_PASSES)]
    return [*submit, "--wait", "--json"]


def their_command(python: Path, examples: Path, folder: Path) -> list[str]:
    """The same by hand."""
    tool = [str(python), "-W", "ignore", "-m", "megengine.tools.load_network_and_run", str(examples / "resnet.mge")]
    return [*tool, "--warm-up", str(WARM_UPS), "--iter", str(ITERATIONS), "--profile", str(folder / "profile.json")]


async def timed(*argv: str, environment: Mapping[str, str] | None = None) -> float:
    """How long a program takes from its start to its end, in seconds.

    Raises:
        RuntimeError: it did not end well; the message holds what it said.
    """
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **(environment or {})},
    )
    said, _ = await process.communicate()
    took = time.perf_counter() - began
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}:\n{said.decode(errors='replace')}")
    return took
