"""Jobs of the kind ``profile``: measure one model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

from runner.engine.worker.batch import repeated
from runner.engine.worker.channel import Channel, Refused
from runner.engine.worker.decode import gather
from runner.engine.worker.graph import LoadedModel
from runner.engine.worker.inputs import check_inputs
from runner.engine.worker.limits import status_bytes
from runner.engine.worker.outputs import leave

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

T = TypeVar("T")


def profile(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """The measurement in the order that keeps it honest: clean passes first, then the profiled ones on a graph of their own. All times in seconds."""
    options = job["options"]
    if options["threads"] != 1:
        raise Refused("unsupported", "MegEngine's Python loader computes with one thread; options.threads must be 1.")
    if options["workspace_limit"] is not None:
        raise Refused("unsupported", "MegEngine's Python loader cannot set options.workspace_limit.")
    load_s, model = timed(loaded, job)
    data = data_for(model, job)
    clean = clean_passes(model, data, options, channel)
    peak_memory = status_bytes(job["status"], "VmHWM")
    # Its memory is for the second load of the same file.
    del model
    channel.phase("profiling")
    profiled = profiled_passes(job, data, channel)
    return {"load_s": load_s, **clean, "profiled_latencies": profiled, "peak_memory": peak_memory}


def loaded(job: dict[str, Any]) -> LoadedModel:
    """The job's model with the outputs that were asked for. Raises Refused."""
    model = LoadedModel(job["model"])
    if job["output_names"]:
        model.choose(job["output_names"])
    return model


def data_for(model: LoadedModel, job: dict[str, Any]) -> dict[str, np.ndarray]:
    """The job's inputs, checked against what the model declares. Raises Refused."""
    declared = model.declared()
    data = gather(job, declared)
    check_inputs(declared, data)
    batch_size = job["options"]["batch_size"]
    return data if batch_size is None else repeated(data, batch_size)


def clean_passes(
    model: LoadedModel, data: dict[str, np.ndarray], options: dict[str, Any], channel: Channel
) -> dict[str, Any]:
    """Compile and run without a profiler."""
    compile_s, run = timed(model.compile, data, options)
    channel.phase("warming_up")
    warmups = [timed(run)[0] for _ in range(options["warmup"])]
    channel.phase("timing")
    latencies = [timed(run)[0] for _ in range(options["iterations"])]
    return {"compile_s": compile_s, "first_run_s": (warmups or latencies)[0], "latencies": latencies}


def profiled_passes(job: dict[str, Any], data: dict[str, np.ndarray], channel: Channel) -> list[float]:
    """Load the model once more and run it with MegEngine's profiler there from the very first pass, as load_network_and_run does: attached later it describes inputs differently.

    Before the passes that count come as many that do not as before the clean ones, at least the first of all. The profiler keeps one pass, so each is
    written to ``raw-<n>.json`` before the next. What the model computed is left at the end, where that was asked for. Returns each pass's seconds.
    """
    from megengine.utils.comp_graph_tools import GraphProfiler

    options = job["options"]
    model = loaded(job)
    profiler = GraphProfiler(model.graph)
    run = model.compile(data, options)
    for _ in range(max(1, options["warmup"])):
        run()
    seconds = []
    for number in range(1, options["profiled_passes"] + 1):
        seconds.append(timed(run)[0])
        channel.leave(job["output"], f"raw-{number}.json", [profiler.get().encode()])
    if options["output_dumps"] or options["output_rms"]:
        leave(model.outputs, run(), job, channel)
    return seconds


def timed(function: Callable[..., T], *args: Any) -> tuple[float, T]:
    """Seconds that the call took, and what it returned."""
    start = time.perf_counter()
    value = function(*args)
    return time.perf_counter() - start, value
