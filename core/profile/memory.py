"""Memory over the course of a run, from the graph that ran: ``graph_exec.var``, ``mem_chunk`` and ``comp_seq``.

A variable's storage is its chunk where the engine planned memory before the run, else the addresses that it had in the pass (``prev_dev_ptr``). It lives from the step of the
operator that writes it to the step of the last one that reads it. Constants live from the first step, whenever their operator has its turn: they came with the model. What else the engine
never reclaims lives to the end. Variables in one storage (in place, or a view of another one's memory, ``mem_readonly_fwd_src``) count once. What kernels allocate inside of themselves is not
in the graph; workspaces are, as variables.

At the peak, ``reclaimed`` equals the size of the plan that ``get_static_memory_alloc_info`` writes for the model, and ``kept`` its weights, but for alignment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.profile.malformed import RawProfileMalformed

_LARGEST = 2**48
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


def memory_over_time(graph: dict[str, Any], sequence: Sequence[str]) -> MemoryOverTime:
    """Raises RawProfileMalformed; KeyError, TypeError or AttributeError for a graph of another shape."""
    operators, variables = graph["operator"], graph["var"]
    written, died = _lives(operators, sequence)
    sizes, places, kept = _storages(variables, graph.get("mem_chunk") or {}, died)
    born = {key: 0 for key in written if key in kept and _CONSTANT in variables[key]["flag"]}
    born |= {key: step for key, step in written.items() if key not in born}
    outside = {places[key]: size for key, size in sizes.items() if key not in born}
    lives: list[Life] = []
    latest: dict[object, int] = {}
    # In the order of birth: a storage that is written while it lives is one storage, written in place.
    for key, step in born.items():
        size, place = sizes.get(key), places.get(key)
        if not size or place in outside:
            continue
        death = len(sequence) - 1 if key in kept else max(step, died.get(key, step))
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
        Alive(sequence[written[key]], _name(variables[key]), size, key in kept)
        for began, ended, size, key in lives
        if peak is not None and began <= peak <= ended
    ]
    return MemoryOverTime(steps, sum(outside.values()), peak, sorted(alive, key=lambda one: -one.size))


def _name(variable: dict[str, Any]) -> str:
    return str(variable["name"])


def _lives(operators: dict[str, Any], sequence: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """By variable: the step that writes it; the step that reads it last."""
    born: dict[str, int] = {}
    died: dict[str, int] = {}
    for step, key in enumerate(sequence):
        operator = operators.get(key)
        if operator is not None:
            died.update(dict.fromkeys(operator["input"], step))
            for variable in operator["output"]:
                born.setdefault(variable, step)
    return born, died


def _storages(
    variables: dict[str, Any], chunks: dict[str, Any], died: dict[str, int]
) -> tuple[dict[str, int], dict[str, object], set[str]]:
    """By variable with a storage of its own: bytes, and which storage. Which variables are kept. Memory that is viewed lives as long as its views: ``died`` is lengthened."""
    sizes: dict[str, int] = {}
    places: dict[str, object] = {}
    kept: set[str] = set()
    views: dict[str, str] = {}
    for key, variable in variables.items():
        if source := variable.get("mem_readonly_fwd_src"):
            views[key] = source
            continue
        plan = variable["mem_plan"]
        if plan:
            place = plan["mem_chunk_id"]
            size = chunks[place]["size"] if chunks else 0
        else:
            place = variable.get("prev_dev_ptr") or 0
            size = (variable.get("prev_dev_ptr_end") or place) - place
        if size:
            sizes[key], places[key] = size, place
            if not _KEPT.isdisjoint(variable["flag"]):
                kept.add(key)
    _check(sizes)
    for view in views:
        at, seen = view, {view}
        while (source := views.get(at)) and source not in seen:
            seen.add(source)
            died[source] = max(died.get(source, -1), died.get(view, -1))
            at = source
    return sizes, places, kept


def _check(sizes: dict[str, int]) -> None:
    if not set(map(type, sizes.values())) <= {int} or (
        sizes and not (min(sizes.values()) >= 0 and max(sizes.values()) <= _LARGEST)
    ):
        raise RawProfileMalformed("The profile holds a size that no variable can have.")


def _course(lives: list[Life], steps: int) -> NDArray[np.int64]:
    """Bytes in use at each step."""
    change = np.zeros(steps + 1, dtype=np.int64)
    if lives:
        born, died, size = (np.array(column, dtype=np.int64) for column in list(zip(*lives, strict=True))[:3])
        np.add.at(change, born, size)
        np.subtract.at(change, died + 1, size)
    return np.cumsum(change)[:steps]
