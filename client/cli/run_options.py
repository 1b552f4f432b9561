"""The options of a measurement as flags of a command: one flag for each name that the server knows."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer


@dataclass(frozen=True)
class Flag:
    """``kind`` int, float or bool; ``least``: the smallest number that makes sense; ``short``: another spelling."""

    kind: type
    help: str
    least: float | None = None
    metavar: str | None = None
    short: str | None = None


FLAGS = {
    "iterations": Flag(int, "Runs of the clean timing pass.", 1),
    "warmup": Flag(int, "Runs before it that are not counted.", 0),
    "profiled_passes": Flag(int, "Runs with the profiler attached.", 1, short="--passes"),
    "threads": Flag(int, "CPU threads.", 1),
    "batch_size": Flag(int, "Repeat the data until their first dimension is this.", 1),
    "fast_run": Flag(bool, "Choose algorithms by timing the optimised ones."),
    "full_run": Flag(bool, "Choose algorithms by timing all of them."),
    "reproducible": Flag(bool, "Only algorithms that give the same bits every time."),
    "weight_preprocess": Flag(bool, "Transform weights once instead of in every run."),
    "nchw4": Flag(bool, "Layout for int8 on NVIDIA GPUs."),
    "nchw44": Flag(bool, "Layout for ARM."),
    "nchw44_dot": Flag(bool, "Layout for ARMv8.2 with dot product."),
    "nchw88": Flag(bool, "Layout for x86 with AVX."),
    "nchw32": Flag(bool, "Layout for int8 on NVIDIA tensor cores."),
    "nchw64": Flag(bool, "Layout for int4 on NVIDIA tensor cores."),
    "chwn4": Flag(bool, "Layout for int8 on NVIDIA tensor cores."),
    "nhwcd4": Flag(bool, "Layout for OpenCL images."),
    "fuse_conv_bias_nonlinearity": Flag(bool, "Fuse convolution, bias and nonlinearity."),
    "fuse_conv_bias_with_z": Flag(bool, "Fuse convolution, bias and an addition."),
    "ioc16": Flag(bool, "float16 between operators and inside them."),
    "io16xc32": Flag(bool, "float16 between operators, float32 inside them."),
    "workspace_limit": Flag(int, "Most workspace of an algorithm.", 0, "BYTES"),
    "output_dumps": Flag(bool, "Keep the outputs as .npy artifacts."),
    "output_rms": Flag(bool, "Keep each output's root mean square."),
    "time_limit_s": Flag(float, "Longest time of the run, in seconds.", 0, "S"),
    "queue_limit_s": Flag(float, "Longest time in the queue, in seconds.", 0, "S"),
}

PANEL = "How to measure"


def with_run_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give ``command`` a flag for every option; those that were used come as its ``options``, the server knows the rest."""
    return _given_flags(command, several=False)


def with_varied_options(command: Callable[..., None]) -> Callable[..., None]:
    """The same, where numbers come as lists of all that were given."""
    return _given_flags(command, several=True)


def _given_flags(command: Callable[..., None], *, several: bool) -> Callable[..., None]:
    own = inspect.signature(command, eval_str=True)
    kept = [one for name, one in own.parameters.items() if name != "options"]

    @functools.wraps(command)
    def wrapped(**given: Any) -> None:
        options = {name: value for name in FLAGS if (value := given.pop(name)) is not None}
        if given.pop("quick") and "profiled_passes" not in options:
            options["profiled_passes"] = [1] if several else 1
        command(**given, options=options)

    quick = Annotated[bool, typer.Option("--quick", help="One profiled pass instead of five.", rich_help_panel=PANEL)]
    added = [_parameter(name, flag, several=several) for name, flag in FLAGS.items()]
    added.append(inspect.Parameter("quick", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=quick))
    every = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept] + added
    wrapped.__signature__ = own.replace(parameters=every)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {one.name: one.annotation for one in every}
    return wrapped


def spelt(name: str) -> str:
    """The flag of an option."""
    return "--" + name.removesuffix("_s").replace("_", "-")


def _parameter(name: str, flag: Flag, *, several: bool) -> inspect.Parameter:
    names = [spelt(name), flag.short] if flag.short else [spelt(name)]
    option = typer.Option(
        *names, help=flag.help, min=flag.least, metavar=flag.metavar, show_default=False, rich_help_panel=PANEL
    )
    kind: Any = list[flag.kind] if several and flag.kind is not bool else flag.kind  # type: ignore[name-defined]
    annotation = Annotated[kind | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
