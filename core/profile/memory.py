"""Memory over the course of a run, from the graph that ran: ``graph_exec.var``, ``mem_chunk`` and ``comp_seq``.

A variable's storage is its chunk where the engine planned memory before the run, else the addresses that it had in the pass (``prev_dev_ptr``). It lives from the step of the
operator that writes it to the step of the last one that reads it. Constants live from the first step, whenever their operator has its turn: they came with the model. What else the engine
never reclaims lives to the end. Variables in one storage (in place, or a view of another one's memory, ``mem_readonly_fwd_src``) count once. What kernels allocate inside of themselves is not
in the graph; workspaces are, as variables.

At the peak, ``reclaimed`` equals the size of the plan that ``get_static_memory_alloc_info`` writes for the model, and ``kept`` its weights, but for alignment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.profile.malformed import RawProfileMalformed
from core.profile.written import LARGEST_SIZE, Chunk, Graph, Operator, Variable

_CONSTANT = "PERSISTENT_DEVICE_VALUE"
_KEPT = {"NO_MEM_RECLAIM", _CONSTANT}

Life = tuple[int, int, int, str]
"""Of a storage: the steps of its birth and its death, both included, its bytes, and the variable that it was made for."""


@dataclass(frozen=True, slots=True)
class Alive:
    """A storage at the peak: written by operator ``operator`` (its id) as variable ``variable``, ``size`` bytes. ``kept``: it is never reclaimed, as weights are."""

    operator: str
    variable: str
    size: int
    kept: bool


@dataclass(frozen=True, slots=True, eq=False)
class MemoryOverTime:
    """``steps``: bytes in use at each step of the execution, ``outside`` included: what no operator of the run writes, there all the time.

    ``peak_step``: the first step with the most bytes, None where nothing ran; ``alive``: what is in use then, largest first, ``outside`` left out.
    """

    steps: NDArray[np.int64]
    outside: int
    peak_step: int | None
    alive: list[Alive]

    @property
    def peak(self) -> int:
        """Bytes at the peak."""
        return self.outside if self.peak_step is None else int(self.steps[self.peak_step])

    @property
    def kept(self) -> int:
        """Of the bytes at the peak: what is never reclaimed, weights mostly."""
        return sum(one.size for one in self.alive if one.kept)

    @property
    def reclaimed(self) -> int:
        """Of the bytes at the peak: what is there for a while, such as results between operators, and workspaces."""
        return sum(one.size for one in self.alive if not one.kept)


def memory_over_time(graph: Graph) -> MemoryOverTime:
    """Raises RawProfileMalformed, and KeyError for a graph that speaks of what it does not hold."""
    sequence, variables = graph.comp_seq, graph.var
    written, died = _lives(graph.operator, sequence)
    sizes, places = _storages(variables, graph.mem_chunk or {})
    _lengthen(died, variables)
    born = {key: 0 for key in written if key in sizes and _CONSTANT in variables[key].flag}
    born |= {key: step for key, step in written.items() if key not in born}
    outside = {places[key]: size for key, size in sizes.items() if key not in born}
    lives: list[Life] = []
    latest: dict[object, int] = {}
    # In the order of birth: a storage that is written while it lives is one storage, written in place.
    for key, step in born.items():
        size = sizes.get(key)
        if not size or (place := places[key]) in outside:
            continue
        death = len(sequence) - 1 if _kept(variables[key]) else max(step, died.get(key, step))
        before = latest.get(place)
        if before is not None and step <= lives[before][1]:
            began, ended, had, first = lives[before]
            lives[before] = (began, max(ended, death), max(had, size), first)
        else:
            latest[place] = len(lives)
            lives.append((step, death, size, key))
    steps = _course(lives, len(sequence)) + sum(outside.values())
    peak = int(steps.argmax()) if len(steps) else None
    alive = [
        Alive(sequence[written[key]], variables[key].name, size, _kept(variables[key]))
        for began, ended, size, key in lives
        if peak is not None and began <= peak <= ended
    ]
    return MemoryOverTime(steps, sum(outside.values()), peak, sorted(alive, key=lambda one: -one.size))


def _kept(variable: Variable) -> bool:
    return not _KEPT.isdisjoint(variable.flag)


def _lives(operators: dict[str, Operator], sequence: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """By variable: the step that writes it; the step that reads it last."""
    born: dict[str, int] = {}
    died: dict[str, int] = {}
    for step, key in enumerate(sequence):
        operator = operators.get(key)
        if operator is not None:
            for variable in operator.input:
                died[variable] = step
            for variable in operator.output:
                born.setdefault(variable, step)
    return born, died


def _storages(variables: dict[str, Variable], chunks: dict[str, Chunk]) -> tuple[dict[str, int], dict[str, object]]:
    """By variable with a storage of its own: bytes, and which storage."""
    sizes: dict[str, int] = {}
    places: dict[str, object] = {}
    for key, variable in variables.items():
        if variable.mem_readonly_fwd_src:
            continue
        place: object
        if plan := variable.mem_plan:
            place = plan.mem_chunk_id
            size = chunks[plan.mem_chunk_id].size if chunks else 0
        else:
            place = start = variable.prev_dev_ptr or 0
            size = (variable.prev_dev_ptr_end or start) - start
        if size > LARGEST_SIZE:
            raise RawProfileMalformed("The profile holds a size that no variable can have.")
        if size > 0:
            sizes[key], places[key] = size, place
    return sizes, places


def _lengthen(died: dict[str, int], variables: dict[str, Variable]) -> None:
    """Memory that is viewed lives as long as its views."""
    views = {key: source for key, one in variables.items() if (source := one.mem_readonly_fwd_src)}
    for view in views:
        at, seen = view, {view}
        while (source := views.get(at)) and source not in seen:
            seen.add(source)
            died[source] = max(died.get(source, -1), died.get(view, -1))
            at = source


def _course(lives: list[Life], steps: int) -> NDArray[np.int64]:
    """Bytes in use at each step."""
    change = np.zeros(steps + 1, dtype=np.int64)
    if lives:
        born, died, size = (np.array(column, dtype=np.int64) for column in list(zip(*lives, strict=True))[:3])
        np.add.at(change, born, size)
        np.subtract.at(change, died + 1, size)
    return np.cumsum(change)[:steps]
