"""`clean_latency`: our clean end-to-end latency against the one that MegEngine's own tool prints, of the same model and data.

Ours: the runner's driver on an engine process, 2 warm-ups and 30 clean iterations. Theirs: `load_network_and_run` with the same, whose line for each iteration says its duration to a tenth of a millisecond.
Both in fresh processes, one after the other, 20 times; which of the two begins changes from round to round, so that a machine that grows slower meets both. A sample is the median of one process's 30.
"""

from __future__ import annotations

import pickle
import re
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from bench.frame import Between, Figure
from bench.overhead import BUILD, ENGINE, timed
from core.events.values import ProfileOptions
from infra.engines.environment import find_engine
from runner.engine.drivers.megengine import MegEngineDriver, worker_command
from runner.engine.job import EngineJob, EngineLimits
from runner.sandbox.find import find_sandbox
from runner.sandbox.sandbox import Sandbox

ROUNDS = 20
ITERATIONS, WARM_UPS = 30, 2
GOAL = Between(0.95, 1.05)
_DURATION = re.compile(r"iter \d+: duration=([0-9.]+)\(")


Measure = Callable[[Path, Path, int], Awaitable[float]]


async def run() -> Sequence[Figure]:
    """The figure, in seconds."""
    engine = find_engine(ENGINE)
    if engine is None:
        raise SystemExit(f"MegEngine {ENGINE} is not installed: run `mgeprof engine install {ENGINE}`")
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as name:
        folder = Path(name)
        await timed(str(engine.python), "-W", "ignore", str(BUILD), "resnet18", name)
        array = np.load(folder / "resnet18-data.npy", allow_pickle=False)
        (folder / "inputs.pkl").write_bytes(pickle.dumps({"data": array}))
        found = await find_sandbox(lambda one, scratch: worker_command(engine.python, one).trial(scratch), ())
        ours_confined = partial(_ours, found.sandbox)
        ours: list[float] = []
        theirs: list[float] = []
        for number in range(ROUNDS):
            sides: list[tuple[Measure, list[float]]] = [(ours_confined, ours), (_theirs, theirs)]
            for measure, samples in sides if number % 2 else reversed(sides):
                samples.append(await measure(engine.python, folder, number))
    return [Figure("clean_latency", "s", ours, theirs, GOAL)]


async def _ours(sandbox: Sandbox, python: Path, folder: Path, number: int) -> float:
    output, scratch = folder / f"output-{number}", folder / f"scratch-{number}"
    output.mkdir()
    scratch.mkdir()
    options = ProfileOptions(iterations=ITERATIONS, warmup=WARM_UPS, profiled_passes=1)
    job = EngineJob(folder / "resnet18.mge", {"data": folder / "resnet18-data.npy"}, output, scratch, options)
    measured = await MegEngineDriver(python, sandbox).measure(
        job, limits=EngineLimits(), on_phase=lambda _: None, on_line=lambda _: None
    )
    return statistics.median(measured.latencies)


async def _theirs(python: Path, folder: Path, _number: int) -> float:
    tool = [str(python), "-W", "ignore", "-m", "megengine.tools.load_network_and_run", str(folder / "resnet18.mge")]
    tool += ["--load-input-data", str(folder / "inputs.pkl"), "--iter", str(ITERATIONS), "--warm-up", str(WARM_UPS)]
    took = await timed(*tool, together=True)
    found = [float(seconds) for seconds in _DURATION.findall(took.said)]
    if len(found) != ITERATIONS:
        raise RuntimeError(f"load_network_and_run told {len(found)} durations:\n{took.said[-2000:]}")
    return statistics.median(found)
