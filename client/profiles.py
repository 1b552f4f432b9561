"""Where the time of a run went: its summary, and the whole analysed profile, typed."""

from __future__ import annotations

from datetime import datetime

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
    """Sums over all operators: self time on device and host in seconds, floating point operations, bytes.

    The others come with a whole profile only: ``gap_s`` is what the clean end-to-end time has beyond the operators,
    ``profiler_overhead`` what the profiler adds to it, as a fraction; ``peak_memory`` in bytes,
    ``planned_memory`` what of it the graph's variables occupy at most.
    """

    operators: int = 0
    device_s: float = 0.0
    computation: float = 0.0
    memory: float = 0.0
    gap_s: float | None = None
    profiler_overhead: float | None = None
    noisy: bool | None = None
    noisy_operators: int = 0
    peak_memory: int | None = None
    planned_memory: int | None = None


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


class Roofline(Resource):
    """How near to what the device can do: shares, 0 to 1. ``intensity``: operations for each byte; ``bound``: ``memory`` or ``computation``. None for what is unknown."""

    of_peak_flops: float | None = None
    of_peak_bandwidth: float | None = None
    intensity: float | None = None
    bound: str | None = None
    of_attainable: float | None = None


class Peaks(Resource):
    """The best that the engine was seen to reach on the device: floating point operations and bytes, each per second."""

    flops: float
    bandwidth: float


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
    time_s: float | None = None
    cumulative: float | None = None
    spread: float | None = None
    noisy: bool | None = None
    host_s: float | None = None
    share: float | None = None
    computation: float | None = None
    memory: float | None = None
    flops: float | None = None
    bandwidth: float | None = None
    input_shapes: list[list[int] | None] = []
    output_shapes: list[list[int] | None] = []
    roofline: Roofline | None = None


class Timing(Resource):
    """End to end, in seconds: the clean passes (each in ``latencies``), the profiled ones, and what came before them."""

    latency: Latency | None = None
    latencies: list[float] = []
    profiled: Latency | None = None
    load_s: float | None = None
    compile_s: float | None = None
    first_run_s: float | None = None


class Group(Resource):
    """Operators of one type, one type and shape, or one node, aggregated. ``share`` and ``cumulative``: of the time of all operators, 0 to 1."""

    type: str | None = None
    input_shapes: list[list[int]] | None = None
    node: str | None = None
    count: int = 0
    time_s: float = 0.0
    computation: float | None = None
    memory: float | None = None
    share: float | None = None
    cumulative: float | None = None
    roofline: Roofline | None = None


class CopyTime(Resource):
    """Of the operators of type ``Copy`` that match: sums and means in seconds, and of the wait for their kernels."""

    count: int = 0
    total_s: float = 0.0
    mean_s: float | None = None
    wait_total_s: float = 0.0
    wait_mean_s: float | None = None


class Finding(Resource):
    """What a rule found in a profile, and what it advises."""

    rule: str
    title: str = ""
    advice: str = ""
    figures: dict[str, float] = {}


class Profile(Resource):
    """``matching`` is how many operators pass the filters; ``operators`` may be fewer. ``total_s``: the chosen time over all operators."""

    task_id: str = ""
    analyser: int | None = None
    totals: Totals = Totals()
    timing: Timing = Timing()
    by_type: list[TypeSum] = []
    matching: int | None = None
    side: str = "device"
    until: str = "end"
    total_s: float | None = None
    operators: list[Operator] = []
    groups: list[Group] | None = None
    copies: CopyTime = CopyTime()
    peaks: Peaks | None = None
    advice: list[Finding] = []


class Analysis(Resource):
    """What one analyser has read out of a run's raw profiles."""

    analyser: int
    analysed_at: datetime | None = None
    totals: Totals = Totals()
    by_type: list[TypeSum] = []


class AnalysisList(Resource):
    """Newest first. ``outdated``: the server's analyser is ``newest``, and nothing that it finds has been kept yet."""

    task_id: str = ""
    newest: int = 0
    outdated: bool = False
    items: list[Analysis] = []


class OutdatedRun(Resource):
    task_id: str
    analyser: int


class OutdatedPage(Resource):
    """Runs that the server's analyser, ``newest``, has not read for good; ``count``: of all of them."""

    newest: int = 0
    count: int = 0
    items: list[OutdatedRun] = []
    next_cursor: str | None = None


class Difference(Resource):
    """Of one figure against the first run's. ``significant`` is None where too few passes cannot tell."""

    value_s: float | None = None
    delta_s: float | None = None
    ratio: float | None = None
    p: float | None = None
    significant: bool | None = None


class ComparedOperator(Resource):
    """``runs``: as many as were compared, None where one has no such operator."""

    name: str
    type: str
    runs: list[Difference | None] = []


class RunTotals(Resource):
    end_to_end: Difference = Difference()
    device: Difference = Difference()
    matched: int = 0
    slower: int = 0
    faster: int = 0
    by_chance: float = 0.0
    unmatched: list[dict[str, object]] = []


class ComparedRun(Resource):
    task_id: str
    platform: str = ""
    engine: str = ""
    compared: RunTotals = RunTotals()


class Comparison(Resource):
    """Runs against the first of them. ``matching``: operators of the first run; ``operators`` may be fewer."""

    runs: list[ComparedRun] = []
    matching: int = 0
    operators: list[ComparedOperator] = []
