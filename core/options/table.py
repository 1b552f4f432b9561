"""Which option works on which platform with which driver. Every entry was found out by trying, on the engine that is named, or read in load_and_run's own source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.events.ids import Platform
from core.events.values import ProfileOptions

WHEEL, LOAD_AND_RUN = "megengine", "load_and_run"
"""The drivers, by the names that runners' configurations use."""

LAYOUTS: Final = ("nchw4", "nchw44", "nchw44_dot", "nchw88", "nchw32", "nchw64", "chwn4", "nhwcd4")
EXCLUSIVE: Final = (LAYOUTS, ("fast_run", "full_run"), ("ioc16", "io16xc32"))
"""Of each of these at most one may be given."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``option`` does not work on ``platform`` (None: on any) with ``driver``, for ``reason``. ``works``: it is accepted, but ``reason`` is worth knowing."""

    option: str
    driver: str
    platform: Platform | None
    reason: str
    works: bool = False


_NOT_ON_CPU: Final = "accepted on x86, but no layout changes there: only the fusion that comes with it happens"

_NO_OUTPUTS: Final = "load_and_run's own dumps of outputs are not read."

LIMITS: Final = (
    Limit(
        "threads", WHEEL, None,
        "The Python wheel computes with one thread: its multithread device ends with an assertion (dev_tensor_valid). Choose 1.",
    ),
    Limit("workspace_limit", WHEEL, None, "The Python wheel has no way to set it."),
    Limit(
        "nhwcd4", WHEEL, Platform.X86,
        "This layout is for OpenCL images; on x86 the engine has no operators for the converted graph.",
    ),
    *(Limit(option, WHEEL, Platform.X86, _NOT_ON_CPU, works=True) for option in ("nchw4", "nchw32", "nchw64", "chwn4")),
    Limit("ioc16", WHEEL, Platform.X86, "float16 is emulated on x86: expect many times the latency.", works=True),
    Limit("io16xc32", WHEEL, Platform.X86, "float16 is emulated on x86: expect many times the latency.", works=True),
    Limit("io16xc32", LOAD_AND_RUN, None, "load_and_run has no such switch."),
    Limit("output_dumps", LOAD_AND_RUN, None, _NO_OUTPUTS),
    Limit("output_rms", LOAD_AND_RUN, None, _NO_OUTPUTS),
    Limit("batch_size", LOAD_AND_RUN, None, "load_and_run takes the batch of its input files."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """A choice that cannot work, and why; ``reason`` is said with ``values``."""

    option: str
    reason: str
    values: Mapping[str, str] = field(default_factory=dict)


def limit_of(option: str, platform: Platform, driver: str) -> Limit | None:
    """What the table says of ``option`` there; None where it just works, as far as is known."""
    for limit in LIMITS:
        if (limit.option, limit.driver) == (option, driver) and limit.platform in {None, platform}:
            return limit
    return None


def output_names_problem(drivers: Iterable[str]) -> str | None:
    """Why outputs cannot be chosen by name with any of ``drivers``. Names are not among the options: they are the model's author's words."""
    return "Outputs cannot be chosen by name with load_and_run." if LOAD_AND_RUN in drivers else None


def problems(options: ProfileOptions, platform: Platform, drivers: Iterable[str]) -> list[Problem]:
    """Everything that cannot work on ``platform`` with any of ``drivers``; empty when the task may queue."""
    chosen = [name for name, field in type(options).model_fields.items() if getattr(options, name) != field.default]
    found = [
        Problem(option, "Only one of {names} can be chosen.", {"names": ", ".join(group)})
        for group in EXCLUSIVE
        for option in [name for name in group if name in chosen][1:]
    ]
    for option in chosen:
        limits = (limit_of(option, platform, driver) for driver in sorted(set(drivers)))
        found += [Problem(option, limit.reason) for limit in limits if limit is not None and not limit.works][:1]
    return found
