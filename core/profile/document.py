"""The analysed document: what a person, the api and the command line see of a profile. All times in seconds.

It is stored as one JSON object; operators, timeline and memory are objects of columns there (``{"id": [...], "name": [...], ...}``).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from pydantic import BaseModel, ConfigDict

from core.profile.memory import Alive, MemoryOverTime
from core.profile.spans import Spans
from core.profile.table import OperatorTable, table_of_columns

ANALYSER = 3
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
    noisy: bool | None = None
    """Whether the run's figures are to be trusted less (``noise.py`` has the rule); None when too little was measured to say."""
    noisy_operators: int = 0
    planned_memory: int = 0
    """Most bytes that the graph's variables occupy at once (``memory.py``)."""


class Peaks(_Part):
    """What the device can do at best, as it was measured: floating point operations and bytes, each per second."""

    flops: float
    bandwidth: float


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """When operators ran in one pass: the one whose device time is the median. ``row`` of the spans is the place in ``operators``.

    Device and host have clocks of their own: each side counts from its own first start.
    """

    number: int
    """Which profiled pass, from 1."""
    device: Spans
    host: Spans


@dataclass(frozen=True, slots=True, eq=False)
class ProfileDocument:
    """A profile, analysed. ``operators`` in the order of execution, ``by_type`` longest first."""

    analyser: int
    engine_build: str
    timing: Timing
    totals: Totals
    by_type: tuple[TypeSum, ...]
    operators: OperatorTable
    timeline: Timeline | None = None
    memory: MemoryOverTime | None = None
    peaks: Peaks | None = None


class _Head(_Part):
    analyser: int
    engine_build: str
    timing: Timing
    totals: Totals
    by_type: tuple[TypeSum, ...]
    peaks: Peaks | None


class DocumentUnreadable(ValueError):  # noqa: N818 - named after the fact
    """The bytes are not a document of this analyser's shape."""


def dump_document(document: ProfileDocument) -> bytes:
    """The document as JSON, as it is stored."""
    timeline, memory = document.timeline, document.memory
    content: dict[str, Any] = {
        "analyser": document.analyser,
        "engine_build": document.engine_build,
        "timing": document.timing.model_dump(),
        "totals": document.totals.model_dump(),
        "by_type": [one.model_dump() for one in document.by_type],
        "peaks": None if document.peaks is None else document.peaks.model_dump(),
        "operators": document.operators.columns(),
        "timeline": timeline and {"number": timeline.number, "device": timeline.device, "host": timeline.host},
        "memory": memory,
    }
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def load_document(content: bytes) -> ProfileDocument:
    """Raises DocumentUnreadable."""
    try:
        stored = orjson.loads(content)
        columns, timeline, memory = (stored.pop(name, None) for name in ("operators", "timeline", "memory"))
        return ProfileDocument(
            **dict(_Head.model_validate(stored)),
            operators=table_of_columns(columns),
            timeline=timeline and Timeline(timeline["number"], _spans(timeline["device"]), _spans(timeline["host"])),
            memory=memory and _memory(memory),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DocumentUnreadable(f"The stored profile cannot be read: {error!r}") from error


def _spans(columns: dict[str, Any]) -> Spans:
    return Spans(
        lanes=columns["lanes"],
        row=np.array(columns["row"], dtype=np.int64),
        lane=np.array(columns["lane"], dtype=np.int64),
        start=np.array(columns["start"], dtype=np.float64),
        kern=np.array(columns["kern"], dtype=np.float64),
        end=np.array(columns["end"], dtype=np.float64),
    )


def _memory(columns: dict[str, Any]) -> MemoryOverTime:
    return MemoryOverTime(
        steps=np.array(columns["steps"], dtype=np.int64),
        outside=columns["outside"],
        peak_step=columns["peak_step"],
        alive=[Alive(**one) for one in columns["alive"]],
    )
