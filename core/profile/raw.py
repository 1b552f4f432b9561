"""One raw profile of MegEngine's GraphProfiler, one profiled pass, as columns.

The file has the graph that ran and, for each operator and computing node or host thread, seconds with microsecond resolution; ``written.py`` describes it. The order of
operators in the file is the order of a hash table: it differs between runs. Columns instead of objects: 11,000 operators as objects cost more than parsing their JSON.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from msgspec import Raw

from core.profile.malformed import RawProfileMalformed
from core.profile.memory import MemoryOverTime, memory_over_time
from core.profile.spans import Spans, read_spans
from core.profile.written import REFUSALS, TIMES, WHOLE, Footprint, Named, Operator, Recorded, Variable

Entry = TypeVar("Entry", bound=Named)


@dataclass(frozen=True, slots=True, eq=False)
class RawGraph:
    """What does not change from pass to pass, by operator that ran, in the file's order.

    ``computation`` in operations (the engine writes none for data movers; 0 counts as none, as for profile_analyze), ``memory`` in bytes; None where the engine wrote nothing.
    Shapes leave workspaces out. Dtypes are None for variables without a static memory plan, which are most.
    """

    id: list[str]
    name: list[str]
    type: list[str]
    computation: list[int | None]
    memory: list[int | None]
    input_shapes: list[list[list[int]]]
    output_shapes: list[list[list[int]]]
    input_dtypes: list[list[str | None]]
    output_dtypes: list[list[str | None]]
    param: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class RawPass:
    """``device`` and ``host``: one span for each operator and computing node or host thread. ``sequence``: operator ids in the order of execution."""

    ids: list[str]
    names: list[str]
    device: Spans
    host: Spans
    sequence: list[str]
    graph: RawGraph | None
    """None when only times were asked for."""
    usage: MemoryOverTime | None


def read_raw(profile: bytes) -> RawPass:
    """Read one raw profile. Raises RawProfileMalformed."""
    try:
        written = WHOLE.decode(profile)
        graph, recorded = written.graph_exec, written.profiler
        ran = _ran(graph.operator, recorded)
        described = _graph(ran, graph.var, recorded.opr_footprint)
        return _pass(ran, recorded, graph.comp_seq, described, memory_over_time(graph))
    except REFUSALS as error:
        raise _refused(error) from error
    except KeyError as error:
        raise RawProfileMalformed(f"The profile speaks of {error}, which it does not hold.") from error


def read_times(profile: bytes) -> RawPass:
    """Read a further pass of a known graph, without its graph and memory. Raises RawProfileMalformed."""
    try:
        written = TIMES.decode(profile)
    except REFUSALS as error:
        raise _refused(error) from error
    recorded = written.profiler
    return _pass(_ran(written.graph_exec.operator, recorded), recorded, written.graph_exec.comp_seq, None, None)


def _refused(error: Exception) -> RawProfileMalformed:
    return RawProfileMalformed(f"The profile is not what GraphProfiler writes: {error}")


def _ran(operators: dict[str, Entry], recorded: Recorded) -> dict[str, Entry]:
    return {key: one for key, one in operators.items() if key in recorded.device or key in recorded.host}


def _pass(
    ran: Mapping[str, Named],
    recorded: Recorded,
    sequence: list[str],
    graph: RawGraph | None,
    usage: MemoryOverTime | None,
) -> RawPass:
    ids = list(ran)
    return RawPass(
        ids=ids,
        names=[one.name for one in ran.values()],
        device=read_spans(ids, recorded.device),
        host=read_spans(ids, recorded.host),
        sequence=sequence,
        graph=graph,
        usage=usage,
    )


def _graph(ran: dict[str, Operator], variables: dict[str, Variable], footprints: dict[str, Footprint]) -> RawGraph:
    entries = ran.values()
    nothing = Footprint()
    prints = [footprints.get(key, nothing) for key in ran]
    dtypes = {key: plan.layout.dtype if (plan := one.mem_plan) else None for key, one in variables.items()}
    workspaces = {key for key, one in variables.items() if "VOLATILE_CONTENT" in one.flag}
    return RawGraph(
        id=list(ran),
        name=[one.name for one in entries],
        type=[one.type for one in entries],
        computation=[one.computation or None for one in prints],
        memory=[one.memory for one in prints],
        input_shapes=[one.in_shapes or [] for one in prints],
        output_shapes=[one.out_shapes or [] for one in prints],
        input_dtypes=[[dtypes[var] for var in one.input] for one in entries],
        output_dtypes=[[dtypes[var] for var in one.output if var not in workspaces] for one in entries],
        param=_params(one.param for one in prints),
    )


def _params(written: Iterable[Raw]) -> list[dict[str, Any]]:
    """Most operators have the attributes of some other one, so each text is read once."""
    texts = list(map(bytes, written))
    read = {text: _param(text) for text in set(texts)}
    return [read[text] for text in texts]


def _param(text: bytes) -> dict[str, Any]:
    # orjson takes only what it can write again, which Python's numbers are not all.
    try:
        found = orjson.loads(text) or {}
    except orjson.JSONDecodeError as error:
        raise RawProfileMalformed(f"An operator's parameters are not JSON: {error}") from error
    if not isinstance(found, dict):
        raise RawProfileMalformed(f"The profile holds {type(found).__name__} for an operator's parameters.")
    return found
