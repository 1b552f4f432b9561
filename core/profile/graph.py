"""The graph that really ran, from a raw profile, and which operators of the model's file its operators are.

The runtime's graph differs from the file's: inputs and outputs get operators of their own, others are fused, moved or taken out. Variables keep their names where they
survive, so an operator that ran is the operator of the file that makes a variable of the same name.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.profile.malformed import RawProfileMalformed
from core.profile.written import REFUSALS, WHOLE, Footprint, Graph

_WORKSPACE = "VOLATILE_CONTENT"


@dataclass(frozen=True, slots=True)
class RanVariable:
    """``shape`` where the engine wrote one down, None else. ``size`` in bytes, 0 where it had no memory of its own."""

    name: str
    shape: tuple[int, ...] | None
    size: int
    workspace: bool


@dataclass(frozen=True, slots=True)
class RanOperator:
    """``inputs`` and ``outputs``: ids of variables. ``step``: its place in the execution, None where it had none."""

    id: str
    name: str
    type: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    step: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """``variable`` (an id) goes from operator ``source`` to operator ``target`` (ids)."""

    source: str
    target: str
    variable: str


@dataclass(frozen=True, slots=True)
class RanGraph:
    """``operators`` in the order of execution, those without a place in it last."""

    operators: tuple[RanOperator, ...]
    variables: Mapping[str, RanVariable]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class FileOperator:
    """An operator of the model's file. ``outputs``: names of variables."""

    name: str
    type: str
    outputs: tuple[str, ...]


def read_graph(profile: bytes) -> RanGraph:
    """Raises RawProfileMalformed."""
    try:
        written = WHOLE.decode(profile)
        return _graph(written.graph_exec, written.profiler.opr_footprint)
    except REFUSALS as error:
        raise RawProfileMalformed(f"The profile is not what GraphProfiler writes: {error}") from error
    except KeyError as error:
        raise RawProfileMalformed(f"The profile speaks of {error}, which it does not hold.") from error


def _graph(graph: Graph, footprints: Mapping[str, Footprint]) -> RanGraph:
    steps = {key: step for step, key in enumerate(graph.comp_seq)}
    ordered = sorted(graph.operator, key=lambda key: steps.get(key, len(steps)))
    operators = tuple(
        RanOperator(key, one.name, one.type, tuple(one.input), tuple(one.output), steps.get(key))
        for key in ordered
        for one in (graph.operator[key],)
    )
    workspaces = {key for key, one in graph.var.items() if _WORKSPACE in one.flag}
    shapes = _shapes(operators, footprints, workspaces)
    variables = {
        key: RanVariable(
            name=one.name,
            shape=shapes.get(key),
            size=max(0, (one.prev_dev_ptr_end or 0) - (one.prev_dev_ptr or 0)) if one.prev_dev_ptr else 0,
            workspace=key in workspaces,
        )
        for key, one in graph.var.items()
    }
    source = {variable: one.id for one in operators for variable in one.outputs}
    edges = tuple(
        Edge(source[variable], one.id, variable) for one in operators for variable in one.inputs if variable in source
    )
    _check(operators, variables)
    return RanGraph(operators, variables, edges)


def _check(operators: Sequence[RanOperator], variables: Mapping[str, RanVariable]) -> None:
    """Raises KeyError."""
    named = {variable for one in operators for variable in (*one.inputs, *one.outputs)}
    if missing := named - set(variables):
        raise KeyError(min(missing))


def _shapes(
    operators: Sequence[RanOperator], footprints: Mapping[str, Footprint], workspaces: set[str]
) -> dict[str, tuple[int, ...]]:
    """By variable, from the footprints of the operators that read or write it; workspaces are not in them."""
    found: dict[str, tuple[int, ...]] = {}
    for one in operators:
        footprint = footprints.get(one.id)
        if footprint is None:
            continue
        for variables, shapes in ((one.inputs, footprint.in_shapes), (one.outputs, footprint.out_shapes)):
            kept = [variable for variable in variables if variable not in workspaces]
            if shapes is not None and len(shapes) == len(kept):
                found.update(zip(kept, map(tuple, shapes), strict=True))
    return found


def correspondence(graph: RanGraph, file: Sequence[FileOperator]) -> dict[str, int]:
    """By id of an operator that ran, the place of the operator of the file that it is. A name that several variables of the file have says nothing."""
    names = Counter(name for one in file for name in one.outputs)
    maker = {name: place for place, one in enumerate(file) for name in one.outputs if names[name] == 1}
    found: dict[str, int] = {}
    for one in graph.operators:
        places = {
            maker[name]
            for variable in one.outputs
            if not graph.variables[variable].workspace and (name := graph.variables[variable].name) in maker
        }
        if len(places) == 1:
            found[one.id] = places.pop()
    return found
