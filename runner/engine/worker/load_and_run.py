"""The same protocol in front of a ``load_and_run`` binary: ``python -I worker load_and_run BINARY PLATFORM FD PARENT``, in any Python, without MegEngine.

Each process of the binary is a pass of its own: one for the clean timing, then one for each profiled pass, because its profiler is attached from the start and keeps
the last iteration only. Its figures come from its log. They are its own ``e2e``: without copying the outputs, in steps of a microsecond. This has been tested
against the format of the log in load_and_run's source and a program that writes it; it has not met a real binary yet.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from runner.engine.worker.channel import Channel, Refused
from runner.engine.worker.control import Control
from runner.engine.worker.limits import limit_files
from runner.sandbox.inside.confinement import Confinement
from runner.sandbox.inside.parent import die_with

SWITCHES = {
    **{name: f"--{name}" for name in ("fast_run", "full_run", "reproducible", "weight_preprocess")},
    **{name: f"--enable_{name}" for name in ("nchw4", "nchw44", "nchw44_dot", "nchw88", "nchw32", "nchw64", "chwn4")},
    **{
        name: f"--enable_{name}" for name in ("nhwcd4", "fuse_conv_bias_nonlinearity", "fuse_conv_bias_with_z", "ioc16")
    },
}
PLAIN_NAME = re.compile(r"[A-Za-z0-9_.()\[\]/-]{1,200}")
"""What can stand in ``--input NAME:FILE;…``; gflags reads nothing else into it."""
OWN_BYTES = 2**30
"""Address space of the binary itself, before it has a model."""

VERSION = re.compile(r"using MegBrain (\S+) and MegDNN (\S+)")
LOADED = re.compile(r"load model: ([\d.]+) ?ms")
PREPARED = re.compile(r"=== prepare: ([\d.]+) ?ms")
WARMED = re.compile(r"warm up \d+\s+([\d.]+) ?ms")
ITERATION = re.compile(r"iter \d+/\d+: e2e=([\d.]+) ?ms")
FINISHED = re.compile(r"=== total time: [\d.]+ ?ms")
LINE_CHARS = 4_096


class Died(Exception):  # noqa: N818 - named after the fact
    """The binary ended with ``code`` (128 + signal when killed); ``words`` are its last."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def arguments(job: dict[str, Any], platform: str, inputs: dict[str, str]) -> list[str]:
    """Flags of ours for every run of the binary. Raises Refused for an input's name that would be read as more than a name."""
    options = job["options"]
    for name in ("io16xc32", "batch_size", "output_dumps", "output_rms"):
        if options[name]:
            raise Refused("unsupported", f"options.{name} cannot be had with load_and_run.")
    if job["output_names"]:
        raise Refused("unsupported", "Outputs cannot be chosen by name with load_and_run.")
    if platform == "cuda":
        flags = ["--cuda"]
    else:
        flags = ["--cpu"] if options["threads"] == 1 else [f"--multithread={int(options['threads'])}"]
    flags += [flag for name, flag in SWITCHES.items() if options[name]]
    if options["workspace_limit"] is not None:
        flags.append(f"--workspace_limit={int(options['workspace_limit'])}")
    for name in inputs:
        if not PLAIN_NAME.fullmatch(name):
            raise Refused("bad_input", f"load_and_run cannot be given data for an input of the name {name!r}.")
    return [*flags, "--input=" + ";".join(f"{name}:{path}" for name, path in inputs.items())] if inputs else flags


class Pass:
    """One process of the binary: what its log has said so far. Times in seconds."""

    def __init__(self) -> None:
        self.load_s = self.prepare_s = 0.0
        self.build = ""
        self.warmups: list[float] = []
        self.latencies: list[float] = []
        self.first_at: float | None = None
        """When the first iteration began: the binary's earlier lines reach us together with that one's."""
        self.finished = False

    def hear(self, line: str) -> None:
        if found := ITERATION.search(line):
            self.latencies.append(float(found[1]) / 1e3)
            self.first_at = self.first_at or time.monotonic() - self.latencies[0]
        elif found := WARMED.search(line):
            self.warmups.append(float(found[1]) / 1e3)
        elif found := LOADED.search(line):
            self.load_s = float(found[1]) / 1e3
        elif found := PREPARED.search(line):
            self.prepare_s = self.prepare_s or float(found[1]) / 1e3
        elif found := VERSION.search(line):
            self.build = f"MegBrain {found[1]}, MegDNN {found[2]}"[:100]
        elif FINISHED.search(line):
            self.finished = True


def run_pass(command: list[str], job: dict[str, Any], heard: Any) -> Pass:
    """Run the binary, pass its log on, and read it. ``heard`` is told the pass after each line. Raises Died."""
    done, words, limits = Pass(), "", job["limits"]
    parent = os.getpid()

    def confine() -> None:
        die_with(parent)
        limit_files(limits)
        if limits["address_space"] is not None:
            most = limits["address_space"] + OWN_BYTES
            resource.setrlimit(resource.RLIMIT_AS, (most, most))

    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", pass_fds=[job["model"], *job["inputs"].values()],
        preexec_fn=confine,  # noqa: PLW1509 - the other thread only waits for a word of the runner
    ) as process:  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - asked for
        while line := process.stdout.readline(LINE_CHARS):
            sys.stdout.write(line)
            sys.stdout.flush()
            words = (words + line)[-2_000:]
            done.hear(line)
            heard(done)
        code = process.wait()
    if code != 0 or not done.finished or not done.latencies:
        raise Died(code if code >= 0 else 128 - code, words)
    return done


def measure(job: dict[str, Any], binary: str, platform: str, channel: Channel) -> dict[str, Any]:
    """The fields of the ``result`` line. Raises Refused, Died or OSError."""
    options = job["options"]
    inputs = {name: link(number, file) for number, (name, file) in enumerate(job["inputs"].items())}
    command = [binary, held(job["model"]), *arguments(job, platform, inputs), f"--warmup_iter={int(options['warmup'])}"]
    told: list[str] = []

    def tell(clean: Pass) -> None:
        if clean.build and "engine" not in told:
            channel.send("engine", build=clean.build)
            told.append("engine")
        if clean.first_at is not None and "timing" not in told:
            channel.send("phase", phase="warming_up", at=clean.first_at - sum(clean.warmups))
            channel.send("phase", phase="timing", at=clean.first_at)
            told.append("timing")

    clean = run_pass([*command, f"--iter={int(options['iterations'])}"], job, tell)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    channel.phase("profiling")
    profiled = []
    for number in range(1, options["profiled_passes"] + 1):
        raw = Path.cwd() / f"raw-{number}.json"
        profiled.append(run_pass([*command, "--iter=1", f"--profile={raw}"], job, lambda _: None).latencies[-1])
        channel.leave(job["output"], raw.name, [raw.read_bytes()])
        raw.unlink()
    return {
        "load_s": clean.load_s,
        "compile_s": clean.prepare_s,
        "first_run_s": (clean.warmups or clean.latencies)[0],
        "latencies": clean.latencies,
        "profiled_latencies": profiled,
        "peak_memory": peak,
    }


def held(file: int) -> str:
    """A path by which the binary, which holds the descriptor too, reads it."""
    return f"/proc/self/fd/{file}"


def link(number: int, file: int) -> str:
    """A name that ends in .npy: the binary tells formats by that."""
    named = Path.cwd() / f"input-{number}.npy"
    named.unlink(missing_ok=True)
    named.symlink_to(held(file))
    return str(named)


def live(binary: str, platform: str, told: dict[str, Any]) -> None:
    """Never returns. A binary that dies takes us with it, by the same code. It has to be run, so the sandbox is not shut behind us."""
    channel, control = Channel(told["lines"]), Control(told["control"])
    Confinement(told["confinement"]).begin()
    job = control.job()
    if job is None:
        os._exit(0)
    control.heed_stop()
    channel.phase("loading")
    try:
        channel.send("result", **measure(job, binary, platform, channel))
    except Refused as refusal:
        channel.send("failure", kind=refusal.kind, message=str(refusal))
        os._exit(1)
    except Died as death:
        # An assertion of the engine ends the binary with abort, and its words are in the log; other signals have none.
        if death.code in {0, 1, 134}:
            channel.send("failure", kind=None, message=death.words[:20_000])
        os._exit(death.code or 1)
    except OSError as error:
        channel.send("failure", kind="internal", message=f"{binary} could not be run: {error}"[:2_000])
        os._exit(1)
    os._exit(0)
