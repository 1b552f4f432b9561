"""Measures one model inside the engine's own Python. A script, run as ``python -I worker.py JOB.json FD``.

Everything that touches a user's bytes with MegEngine happens here, in a process that the runner may kill at any moment. It imports the standard library, numpy and
MegEngine only (Python 3.10), writes JSON lines to the file descriptor FD (read by ``protocol.py`` beside this file), and leaves
fds 1 and 2 to the engine's log. The graph is loaded and run exactly as ``megengine.tools.load_network_and_run`` does it, so that both see the same operators.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

PR_SET_PDEATHSIG = 1


class Refused(Exception):  # noqa: N818 - named after the fact
    """The job cannot be done, for a reason that we found out ourselves. ``kind`` is a failure kind; the message is for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Channel:
    """JSON lines to the runner. Lines are written whole, so a killed worker leaves at most one broken line."""

    def __init__(self, fd: int) -> None:
        self._out = os.fdopen(fd, "w", encoding="utf-8", buffering=1)
        os.set_inheritable(fd, False)

    def send(self, line_type: str, /, **fields: object) -> None:
        self._out.write(json.dumps({"type": line_type, **fields}) + "\n")
        self._out.flush()

    def phase(self, name: str) -> None:
        self.send("phase", phase=name, at=time.monotonic())


def die_with(parent: int) -> None:
    """Be killed when the runner dies. It may have died before the kernel knew that we care: then end at once."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit_files(limits: dict[str, int]) -> None:
    """No core dumps, no file over ``file_bytes``, no more than ``open_files`` descriptors. A write over the limit is an OSError (Python ignores SIGXFSZ)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits["open_files"], limits["open_files"]))


def limit_memory(budget: int) -> None:
    """Allow ``budget`` bytes of address space beyond what the started engine occupies: before its import any useful limit would stop the import itself."""
    limit = status_bytes(Path("/proc/self/status").read_text(), "VmSize") + budget
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def status_bytes(status: str, key: str) -> int:
    """A kB figure of ``/proc/self/status`` in bytes."""
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(key + ":"))


def start_engine() -> str:
    """Import MegEngine and run a tiny graph, so that its threads and its look for a GPU are not counted as the model's. Returns the build."""
    import megengine
    from megengine.version import git_version

    (megengine.Tensor([1.0]) + 1).numpy()
    return f"{megengine.__version__}+{git_version[:12]}"


def read_inputs(paths: dict[str, str]) -> dict[str, np.ndarray]:
    import numpy as np

    inputs = {}
    for name, path in paths.items():
        try:
            array = np.load(path, allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise Refused("bad_input", f"The file for input {name!r} is not a plain .npy array: {error}") from error
        if not isinstance(array, np.ndarray):
            raise Refused("bad_input", f"The file for input {name!r} is not a .npy file with one array.")
        # Big-endian and Fortran order are legal in .npy; the engine wants neither.
        inputs[name] = np.asarray(array, dtype=array.dtype.newbyteorder("="), order="C")
    return inputs


def check_inputs(declared: dict[str, tuple[str, tuple[int, ...]]], given: dict[str, np.ndarray]) -> None:
    """Names, dtypes and shapes must be the declared ones: the engine itself would take float64 for float32 without a word."""
    listed = ", ".join(f"{name} ({dtype}, shape {list(shape)})" for name, (dtype, shape) in declared.items()) or "none"
    problems = [f"Input {name!r} is unknown to the model." for name in given if name not in declared]
    for name, (dtype, shape) in declared.items():
        if name not in given:
            problems.append(f"Input {name!r} is missing.")
            continue
        array = given[name]
        if array.dtype.name != dtype:
            problems.append(f"Input {name!r} has dtype {array.dtype.name}; the model declares {dtype}.")
        if array.shape != shape:
            problems.append(f"Input {name!r} has shape {list(array.shape)}; the model declares {list(shape)}.")
    if problems:
        raise Refused("bad_input", " ".join(problems) + f" The model's inputs: {listed}.")


class LoadedModel:
    """A graph from its file, as load_network_and_run loads it."""

    def __init__(self, path: str) -> None:
        from megengine.core.tensor import megbrain_graph
        from megengine.utils import comp_graph_tools

        with Path(path).open("rb") as file:
            loaded = megbrain_graph.load_graph(file)
        self.graph = loaded.graph
        self._outputs = loaded.output_vars_list
        self._inputs = comp_graph_tools.get_dep_vars(self._outputs, "Host2DeviceCopy")

    def declared(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """Dtype name and shape of each input, by its name."""
        import numpy as np

        return {var.name: (np.dtype(var.dtype).name, tuple(var.shape)) for var in self._inputs}

    def compile(self, data: dict[str, np.ndarray]) -> Callable[[], None]:
        """A function that runs the model once on ``data``: inputs to the device, execution, outputs back."""
        import megengine
        from megengine.core.tensor import megbrain_graph
        from megengine.utils import comp_graph_tools

        self.graph.options.graph_opt_level = 0
        megbrain_graph.modify_opr_algo_strategy_inplace(self._outputs, "HEURISTIC")
        outputs, inputs = comp_graph_tools.convert_inputs(self._outputs, inputs=self._inputs)
        outputs, results = comp_graph_tools.convert_outputs(outputs)
        function = self.graph.compile(outputs)

        def run() -> None:
            for name, node in inputs.items():
                node.set_value(megengine.Tensor(data[name])._dev_tensor())  # noqa: SLF001 - as load_network_and_run does it
            function.execute()
            function.wait()
            for node in results.values():
                node.get_value().numpy()

        return run


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the call took, and what it returned."""
    start = time.perf_counter()
    value = function()
    return time.perf_counter() - start, value


def profiled_passes(model: LoadedModel, run: Callable[[], None], count: int, folder: Path) -> list[float]:
    """Run with MegEngine's profiler attached; it keeps one pass, so each is written to ``raw-<n>.json`` before the next. Returns each pass's seconds."""
    from megengine.utils.comp_graph_tools import GraphProfiler

    profiler = GraphProfiler(model.graph)
    seconds = []
    for number in range(1, count + 1):
        seconds.append(timed(run)[0])
        (folder / f"raw-{number}.json").write_text(profiler.get(), encoding="utf-8")
    return seconds


def measure(job: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """The measurement in the order that keeps it honest: clean passes first, then the profiler on the same compiled function. All times in seconds."""
    options = job["options"]
    if options["threads"] != 1:
        raise Refused("unsupported", "MegEngine's Python loader computes with one thread; options.threads must be 1.")
    data = read_inputs(job["inputs"])
    load_s, model = timed(lambda: LoadedModel(job["model"]))
    check_inputs(model.declared(), data)
    compile_s, run = timed(lambda: model.compile(data))

    channel.phase("warming_up")
    warmups = [timed(run)[0] for _ in range(options["warmup"])]
    channel.phase("timing")
    latencies = [timed(run)[0] for _ in range(options["iterations"])]
    channel.phase("profiling")
    profiled = profiled_passes(model, run, options["profiled_passes"], Path(job["output"]))
    return {
        "load_s": load_s,
        "compile_s": compile_s,
        "first_run_s": (warmups or latencies)[0],
        "latencies": latencies,
        "profiled_latencies": profiled,
        "peak_memory": status_bytes(Path("/proc/self/status").read_text(), "VmHWM"),
    }


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    die_with(job["parent"])
    channel = Channel(int(sys.argv[2]))
    limit_files(job["limits"])
    try:
        build = start_engine()
    except (ImportError, OSError, RuntimeError) as error:
        channel.send("failure", kind="internal", message=f"MegEngine could not be started: {error}")
        os._exit(1)
    channel.send("engine", build=build)
    limit_memory(job["limits"]["memory_bytes"])
    try:
        channel.send("result", **measure(job, channel))
    except Refused as refusal:
        channel.send("failure", kind=refusal.kind, message=str(refusal))
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is the runner's to classify
        channel.send("failure", kind=None, message=f"{type(error).__name__}: {error}"[:20_000])
        os._exit(1)
    # The engine's own tear-down takes 0.3 s and has nothing left to do.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
