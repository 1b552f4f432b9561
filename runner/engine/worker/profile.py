"""Jobs of the kind ``profile``: measure one model."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.engine.worker.batch import repeated
from runner.engine.worker.channel import Channel, Refused
from runner.engine.worker.decode import gather
from runner.engine.worker.graph import LoadedModel
from runner.engine.worker.inputs import check_inputs
from runner.engine.worker.limits import status_bytes
from runner.engine.worker.outputs import leave

if TYPE_CHECKING:
    from collections.abc import Callable


def profile(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """The measurement in the order that keeps it honest: clean passes first, then the profiler on the same compiled function. All times in seconds."""
    options = job["options"]
    if options["threads"] != 1:
        raise Refused("unsupported", "MegEngine's Python loader computes with one thread; options.threads must be 1.")
    if options["workspace_limit"] is not None:
        raise Refused("unsupported", "MegEngine's Python loader cannot set options.workspace_limit.")
    load_s, model = timed(lambda: LoadedModel(job["model"]))
    declared = model.declared()
    if job["output_names"]:
        model.choose(job["output_names"])
    data = gather(job, declared)
    check_inputs(declared, data)
    if options["batch_size"] is not None:
        data = repeated(data, options["batch_size"])
    compile_s, run = timed(lambda: model.compile(data, options))

    channel.phase("warming_up")
    warmups = [timed(run)[0] for _ in range(options["warmup"])]
    channel.phase("timing")
    latencies = [timed(run)[0] for _ in range(options["iterations"])]
    channel.phase("profiling")
    profiled = profiled_passes(model, run, options["profiled_passes"], Path(job["output"]))
    measured = {
        "load_s": load_s,
        "compile_s": compile_s,
        "first_run_s": (warmups or latencies)[0],
        "latencies": latencies,
        "profiled_latencies": profiled,
        "peak_memory": status_bytes("VmHWM"),
    }
    if options["output_dumps"] or options["output_rms"]:
        leave(model.outputs, run(), job)
    return measured


def profiled_passes(model: LoadedModel, run: Callable[[], object], count: int, folder: Path) -> list[float]:
    """Run with MegEngine's profiler attached; it keeps one pass, so each is written to ``raw-<n>.json`` before the next. Returns each pass's seconds."""
    from megengine.utils.comp_graph_tools import GraphProfiler

    profiler = GraphProfiler(model.graph)
    seconds = []
    for number in range(1, count + 1):
        seconds.append(timed(run)[0])
        (folder / f"raw-{number}.json").write_text(profiler.get(), encoding="utf-8")
    return seconds


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the call took, and what it returned."""
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value
