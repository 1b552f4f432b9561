"""One raw profile of MegEngine's GraphProfiler, one profiled pass, as columns.

The file has ``graph_exec`` (``operator``, ``var``, ``comp_seq``, ``mem_chunk``: the graph that ran) and ``profiler`` (``device``, ``host``, ``opr_footprint``). ``device[op][node]``
holds ``start``, ``kern`` and ``end`` in seconds with microsecond resolution. The order of operators in the file is the order of a hash table: it differs between runs.

Columns instead of objects: 11,000 operators as objects cost more than parsing their JSON. A raw profile comes out of a process that ran a stranger's bytes, so each column's
types are checked, all at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import orjson

from core.profile.malformed import RawProfileMalformed
from core.profile.memory import MemoryOverTime, memory_over_time
from core.profile.spans import Spans, read_spans

_LARGEST = 2**53
"""An amount above this is no amount; it is also where other readers of JSON begin to round."""


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


def read_raw(profile: bytes, *, times_only: bool = False) -> RawPass:
    """Read one raw profile; with ``times_only`` (further passes of a known graph) without its graph and memory. Raises RawProfileMalformed."""
    try:
        document = orjson.loads(profile)
        return _read(document["graph_exec"], document["profiler"], times_only=times_only)
    except orjson.JSONDecodeError as error:
        raise RawProfileMalformed(f"The profile is not JSON: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        if isinstance(error, RawProfileMalformed):
            raise
        raise RawProfileMalformed(f"The profile lacks something that GraphProfiler writes: {error!r}") from error


def _read(graph: dict[str, Any], profiler: dict[str, Any], *, times_only: bool) -> RawPass:
    device, host = profiler["device"], profiler["host"]
    ran = {key: entry for key, entry in graph["operator"].items() if key in device or key in host}
    ids = list(ran)
    names = _texts((entry["name"] for entry in ran.values()), "an operator's name")
    sequence = _texts(graph["comp_seq"], "an operator's id")
    return RawPass(
        ids=ids,
        names=names,
        device=read_spans(ids, device),
        host=read_spans(ids, host),
        sequence=sequence,
        graph=None if times_only else _graph(ids, names, ran, graph["var"], profiler.get("opr_footprint", {})),
        usage=None if times_only else memory_over_time(graph, sequence),
    )


def _graph(
    ids: list[str], names: list[str], ran: dict[str, Any], variables: dict[str, Any], footprints: dict[str, Any]
) -> RawGraph:
    entries = ran.values()
    nothing: dict[str, Any] = {}
    prints = [footprints.get(key, nothing) for key in ids]
    dtypes, workspaces = _variables(variables)
    return RawGraph(
        id=ids,
        name=names,
        type=_texts((entry["type"] for entry in entries), "an operator's type"),
        computation=[amount or None for amount in _amounts(one.get("computation") for one in prints)],
        memory=_amounts(one.get("memory") for one in prints),
        input_shapes=_shapes(one.get("in_shapes") for one in prints),
        output_shapes=_shapes(one.get("out_shapes") for one in prints),
        input_dtypes=[[dtypes[var] for var in entry["input"]] for entry in entries],
        output_dtypes=[[dtypes[var] for var in entry["output"] if var not in workspaces] for entry in entries],
        param=_params(one.get("param") for one in prints),
    )


def _variables(variables: dict[str, Any]) -> tuple[dict[str, str | None], set[str]]:
    """Dtype by variable, and which variables are workspaces."""
    dtypes = {key: plan["layout"]["dtype"] if (plan := var["mem_plan"]) else None for key, var in variables.items()}
    _check(dtypes.values(), {str, type(None)}, "a dtype")
    return dtypes, {key for key, var in variables.items() if "VOLATILE_CONTENT" in var["flag"]}


def _texts(values: Iterable[Any], what: str) -> list[str]:
    texts = list(values)
    _check(texts, {str}, what)
    return texts


def _amounts(values: Iterator[Any]) -> list[int | None]:
    amounts = list(values)
    _check(amounts, {int, type(None)}, "an amount")
    known = [amount for amount in amounts if amount]
    if known and not (min(known) >= 0 and max(known) <= _LARGEST):
        raise RawProfileMalformed("The profile holds an amount that no operator can have.")
    return amounts


def _shapes(values: Iterator[Any]) -> list[list[list[int]]]:
    shapes = [value or [] for value in values]
    _check(shapes, {list}, "a list of shapes")
    _check(chain.from_iterable(shapes), {list}, "a shape")
    _check(chain.from_iterable(chain.from_iterable(shapes)), {int}, "a size")
    return shapes


def _params(values: Iterator[Any]) -> list[dict[str, Any]]:
    params = [value or {} for value in values]
    _check(params, {dict}, "an operator's parameters")
    return params


def _check(values: Iterable[Any], types: set[type], what: str) -> None:
    found = set(map(type, values)) - types
    if found:
        raise RawProfileMalformed(f"The profile holds {', '.join(sorted(t.__name__ for t in found))} for {what}.")
