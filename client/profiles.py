"""Where the time of a run went: its summary, and the whole analysed profile, typed."""

from __future__ import annotations

from client.resource import Resource


class Latency(Resource):
    """End-to-end latencies of the clean pass, in seconds."""

    count: int
    min: float
    p50: float
    p90: float
    p99: float
    max: float
    mean: float
    std: float


class Totals(Resource):
    """Sums over all operators: device self time in seconds, floating point operations, bytes.

    The others come with a whole profile only: ``gap_s`` is what the clean end-to-end time has beyond the operators,
    ``profiler_overhead`` what the profiler adds to it, as a fraction; ``peak_memory`` in bytes.
    """

    operators: int = 0
    device_s: float = 0.0
    computation: float = 0.0
    memory: float = 0.0
    gap_s: float | None = None
    profiler_overhead: float | None = None
    peak_memory: int | None = None


class TypeSum(Resource):
    """Sums over the operators of one type."""

    type: str
    count: int = 0
    device_s: float = 0.0
    computation: float = 0.0
    memory: float = 0.0


class Summary(Resource):
    latency: Latency | None = None
    totals: Totals = Totals()
    by_type: list[TypeSum] = []


class Operator(Resource):
    """One operator of a profile; None stands for what the engine did not record.

    ``device_s`` is the median self time over the profiled passes, in seconds; ``spread`` is (max - min) / median;
    ``computation`` in floating point operations, ``memory`` in bytes, ``flops`` and ``bandwidth`` the same for each second.
    """

    id: str
    name: str
    type: str
    order: int | None = None
    device_s: float | None = None
    spread: float | None = None
    host_s: float | None = None
    share: float | None = None
    computation: float | None = None
    memory: float | None = None
    flops: float | None = None
    bandwidth: float | None = None
    input_shapes: list[list[int] | None] = []
    output_shapes: list[list[int] | None] = []


class Timing(Resource):
    """End to end, in seconds: the clean passes (each in ``latencies``), and what came before them."""

    latency: Latency | None = None
    latencies: list[float] = []
    load_s: float | None = None
    compile_s: float | None = None
    first_run_s: float | None = None


class Profile(Resource):
    """``matching`` is how many operators pass the filters; ``operators`` may be fewer."""

    task_id: str = ""
    analyser: int | None = None
    totals: Totals = Totals()
    timing: Timing = Timing()
    by_type: list[TypeSum] = []
    matching: int | None = None
    operators: list[Operator] = []
