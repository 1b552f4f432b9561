"""`analysis_cpu` and `analysis_vs_orjson`: what it costs to analyse a raw profile of 11,000 operators.

Ours: what the runner does with it, from the file's bytes to the stored document. `analysis_cpu` holds it against the CPU time of
`python -m megengine.tools.profile_analyze` on the same file, `analysis_vs_orjson` against `orjson.loads` of it alone. The runner lets Python's collector of cycles rest
meanwhile, so `orjson.loads` runs with it at rest, too; `analysis_vs_orjson_collected` says the same with the collector at work on both sides.
All alternate, so that whatever else the machine does meets all.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from bench.frame import Figure, Goal
from bench.replicate import replicate
from core.profile.analyse import analyse
from core.profile.document import dump_document
from infra.engines.environment import find_engine
from runner.engine.analysis import analyse_measurement, measured_of, uncollected
from runner.engine.job import Measurement

ENGINE = "1.13.0"
BUILD = Path(__file__).parents[1] / "infra" / "examples" / "build.py"
OPERATORS = 11_000
ROUNDS = 7


async def run() -> Sequence[Figure]:
    """The figures, in seconds of CPU time."""
    return await asyncio.to_thread(_measured)


def _measured() -> Sequence[Figure]:
    engine = find_engine(ENGINE)
    if engine is None:
        raise SystemExit(f"MegEngine {ENGINE} is not installed: run `mgeprof engine install {ENGINE}`")
    with tempfile.TemporaryDirectory(prefix="mgeprof-bench-") as folder:
        raw = _large_profile(engine.python, Path(folder))
        content = raw.read_bytes()
        measurement = Measurement(
            engine_build=ENGINE,
            raw_profiles=(raw,),
            latencies=(0.1,),
            profiled_latencies=(0.1,),
            load_s=0.1,
            compile_s=0.1,
            first_run_s=0.1,
            peak_memory=0,
            phases={},
            log=Path(folder, "log.txt"),
        )
        ours, tool, parser, collected, collected_parser = [], [], [], [], []
        for _ in range(ROUNDS):
            ours.append(cpu(lambda: dump_document(analyse_measurement(measurement))))
            with uncollected():
                parser.append(cpu(lambda: orjson.loads(content)))
            collected.append(cpu(lambda: dump_document(analyse([raw.read_bytes()], measured_of(measurement)))))
            collected_parser.append(cpu(lambda: orjson.loads(content)))
            tool.append(children_cpu(_theirs(engine.python, raw)))
    return [
        Figure("analysis_cpu", "s", ours, tool, Goal(0.1)),
        Figure("analysis_vs_orjson", "s", ours, parser, Goal(2.5)),
        Figure("analysis_vs_orjson_collected", "s", collected, collected_parser, Goal(2.5)),
    ]


def _large_profile(python: Path, folder: Path) -> Path:
    """From a run of the example model with the tool's own profiler."""
    small, large = folder / "small.json", folder / "large.json"
    subprocess.run([python, "-W", "ignore", BUILD, folder], check=True, capture_output=True)
    tool: list[str | Path] = [
        python,
        "-W",
        "ignore",
        "-m",
        "megengine.tools.load_network_and_run",
        folder / "resnet.mge",
    ]
    subprocess.run([*tool, "--profile", small], check=True, capture_output=True)
    large.write_bytes(replicate(small.read_bytes(), OPERATORS))
    return large


def _theirs(python: Path, raw: Path) -> list[str]:
    return [str(python), "-W", "ignore", "-m", "megengine.tools.profile_analyze", str(raw)]


def cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU time that this thread spends on it, the freeing of its result included."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def children_cpu(argv: Sequence[str]) -> float:
    """Seconds of CPU time of a program, from its start to its end."""
    began = os.times()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ended = os.times()
    return (ended.children_user - began.children_user) + (ended.children_system - began.children_system)
