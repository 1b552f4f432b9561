"""The analysed document: what a person, the api and the command line see of a profile. All times in seconds."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from core.profile.raw import Shapes

ANALYSER = 1
"""Raised whenever the same raw profiles would give other figures."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Distribution(_Part):
    """Over ``count`` measured values, percentiles linearly interpolated; ``std`` is that of the whole population (0 for one value)."""

    count: int
    min: float
    p50: float
    p90: float
    p99: float
    max: float
    mean: float
    std: float


class Timing(_Part):
    """End to end, from inputs in host memory to outputs in host memory.

    ``latency``: clean passes, without the profiler; ``latencies`` holds each. ``profiled``: the same with the profiler attached. ``first_run_s`` is the very first pass;
    ``load_s`` reads the file and builds the graph, ``compile_s`` makes the executable sequence of it.
    """

    latency: Distribution
    latencies: tuple[float, ...]
    profiled: Distribution | None
    load_s: float
    compile_s: float
    first_run_s: float


class TypeSum(_Part):
    """Sums over the operators of one type. ``share``: of the sum of all operators' device time, 0 to 1."""

    type: str
    count: int
    device_s: float
    computation: int
    memory: int
    flops: float | None
    """computation / device_s; None without either."""
    bandwidth: float | None
    """memory / device_s, bytes per second; None without time."""
    share: float


class Totals(_Part):
    """Over all operators; ``device_s`` and ``host_s`` are sums of the operators' medians, so that shares add up to 1."""

    operators: int
    device_s: float
    host_s: float
    computation: int
    memory: int
    flops: float | None
    bandwidth: float | None
    pass_device_s: tuple[float, ...]
    """The sum in each profiled pass: ``profile_analyze``'s "total device time" of that raw profile."""
    end_to_end_s: float
    """Median of the clean passes."""
    gap_s: float
    """end_to_end_s - device_s: copying inputs and outputs, dispatch, Python. Negative where operators overlap."""
    profiler_overhead: float | None
    """Median end to end with the profiler over the clean one, minus 1."""
    peak_memory: int
    """Peak resident bytes of the engine's process, the engine itself included."""


class Operator(_Part):
    """An operator of the graph that ran. ``device_s`` is the median over the profiled passes; None stands for what the engine did not record."""

    id: str
    name: str
    type: str
    order: int
    """Place in the order of execution, from 0."""
    node: str | None
    """Computing node, such as ``cpu0:0``; the first one of an operator that runs on several."""
    device_s: float | None
    p90_s: float | None
    min_s: float | None
    max_s: float | None
    spread: float | None
    """(max_s - min_s) / device_s; None for a median of 0, which is below the profiler's resolution of 1 microsecond."""
    passes_s: tuple[float, ...]
    """Device self time in each profiled pass."""
    wait_s: float | None
    """From the operator's start to its kernel's start, median."""
    host_s: float | None
    """Time of the host thread, median."""
    start_s: float | None
    """Start, counted from the first operator's start in the same pass; median."""
    share: float
    """Of the sum of all operators' device time, 0 to 1."""
    computation: int | None
    memory: int | None
    flops: float | None
    bandwidth: float | None
    input_shapes: Shapes
    output_shapes: Shapes
    input_dtypes: tuple[str | None, ...]
    output_dtypes: tuple[str | None, ...]
    param: dict[str, Any]
    """The operator's own attributes, such as stride and padding of a convolution."""


class ProfileDocument(_Part):
    """A profile, analysed. ``operators`` in the order of execution, ``by_type`` longest first."""

    analyser: int
    engine_build: str
    timing: Timing
    totals: Totals
    by_type: tuple[TypeSum, ...]
    operators: tuple[Operator, ...]


def dump_document(document: ProfileDocument) -> bytes:
    """The document as JSON, as it is stored."""
    return document.model_dump_json().encode()


def load_document(content: bytes) -> ProfileDocument:
    """Raises ``pydantic.ValidationError`` when ``content`` is not a document of this analyser's shape."""
    return ProfileDocument.model_validate_json(content)
