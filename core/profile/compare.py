"""Any number of runs side by side, operator by operator, against the first of them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from core.profile.document import ProfileDocument
from core.profile.significance import ALPHA, least_p, p_values
from core.profile.table import OperatorTable, Rows, Shapes, known


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one figure against the first run's. ``ratio``: this over the first. ``p``: of the rank-sum test over the passes (``significance.py``).

    ``significant``: p at most 0.01; None where so few passes cannot tell, or a figure is unknown.
    """

    value_s: float | None
    delta_s: float | None
    ratio: float | None
    p: float | None
    significant: bool | None


@dataclass(frozen=True, slots=True)
class ComparedOperator:
    """An operator of the first run, and what it became. ``runs``: by run, the first included; None where that run has no such operator."""

    name: str
    type: str
    input_shapes: Shapes
    order: int
    runs: tuple[Difference | None, ...]


@dataclass(frozen=True, slots=True)
class UnmatchedOperator:
    id: str
    name: str
    type: str
    device_s: float | None


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """``end_to_end``: clean latencies. ``device``: the sums over all operators, by pass. ``slower`` and ``faster``: operators that differ significantly.

    ``by_chance``: how many such marks equal runs would show on average, for as many operators. ``unmatched``: operators that the first run does not have.
    """

    end_to_end: Difference
    device: Difference
    matched: int
    slower: int
    faster: int
    by_chance: float
    unmatched: tuple[UnmatchedOperator, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """``runs`` in the order in which they were given; ``operators`` in the first run's order of execution. Operators that no other run has stand there with None for all others."""

    runs: tuple[ComparedRun, ...]
    operators: tuple[ComparedOperator, ...]


def compare(documents: Sequence[ProfileDocument]) -> Comparison:
    """Raises ValueError for no document."""
    if not documents:
        raise ValueError("There is nothing to compare.")
    tables = [document.operators for document in documents]
    matches = [match(tables[0], table) for table in tables]
    cells = [_cells(tables[0], table, places) for table, places in zip(tables, matches, strict=True)]
    return Comparison(
        runs=tuple(
            _run(documents[0], one, places, of) for one, places, of in zip(documents, matches, cells, strict=True)
        ),
        operators=tuple(
            ComparedOperator(
                name=tables[0].name[at],
                type=tables[0].type[at],
                input_shapes=tuple(map(tuple, tables[0].input_shapes[at])),
                order=int(tables[0].order[at]),
                runs=tuple(of[at] for of in cells),
            )
            for at in range(len(tables[0]))
        ),
    )


def match(first: OperatorTable, other: OperatorTable) -> Rows:
    """By operator of ``first``, the place of its counterpart in ``other``; -1 for none.

    First by name and type, in the order of execution where a name comes several times; what is left by type, input and output shapes, in the order of execution. Each operator
    is taken once.
    """
    found = np.full(len(first), -1, dtype=np.int64)
    taken: set[int] = set()
    for keys in (_by_name, _by_shape):
        free: dict[Hashable, list[int]] = {}
        for place, key in enumerate(keys(other)):
            if place not in taken:
                free.setdefault(key, []).append(place)
        for queue in free.values():
            queue.reverse()
        for place, key in enumerate(keys(first)):
            if found[place] < 0 and (queue := free.get(key, [])):
                found[place] = queue.pop()
                taken.add(int(found[place]))
    return found


def _by_name(table: OperatorTable) -> list[Hashable]:
    return list(zip(table.name, table.type, strict=True))


def _by_shape(table: OperatorTable) -> list[Hashable]:
    return [
        (kind, tuple(map(tuple, inputs)), tuple(map(tuple, outputs)))
        for kind, inputs, outputs in zip(table.type, table.input_shapes, table.output_shapes, strict=True)
    ]


def _cells(first: OperatorTable, other: OperatorTable, places: Rows) -> list[Difference | None]:
    """By operator of ``first``."""
    cells: list[Difference | None] = [None] * len(first)
    matched = np.flatnonzero(places >= 0)
    there = places[matched]
    passes = first.passes_s[matched], other.passes_s[there]
    p = p_values(*passes)
    enough = least_p(passes[0].shape[1], passes[1].shape[1]) <= ALPHA
    rows = zip(
        matched.tolist(), other.device_s[there].tolist(), first.device_s[matched].tolist(), p.tolist(), strict=True
    )
    for at, value, reference, chance in rows:
        cells[at] = _difference(known(value), known(reference), known(chance), enough=enough)
    return cells


def _run(first: ProfileDocument, one: ProfileDocument, places: Rows, cells: Sequence[Difference | None]) -> ComparedRun:
    marked = [cell for cell in cells if cell is not None and cell.significant and cell.delta_s]
    slower = sum((cell.delta_s or 0) > 0 for cell in marked)
    matched = set(places.tolist())
    table = one.operators
    counts = first.operators.passes_s.shape[1], table.passes_s.shape[1]
    tellable = sum(cell is not None and cell.significant is not None for cell in cells)
    return ComparedRun(
        end_to_end=_repeated(
            first.totals.end_to_end_s, first.timing.latencies, one.totals.end_to_end_s, one.timing.latencies
        ),
        device=_repeated(
            first.totals.device_s, first.totals.pass_device_s, one.totals.device_s, one.totals.pass_device_s
        ),
        matched=int((places >= 0).sum()),
        slower=slower,
        faster=len(marked) - slower,
        by_chance=tellable * min(ALPHA, _reachable(*counts)),
        unmatched=tuple(
            UnmatchedOperator(table.id[at], table.name[at], table.type[at], known(table.device_s[at]))
            for at in range(len(table))
            if at not in matched
        ),
    )


def _reachable(first: int, second: int) -> float:
    """The largest p at most ALPHA that so many passes can reach: steps of the smallest."""
    least = least_p(first, second)
    return least * int(ALPHA / least) if least <= ALPHA else 0.0


def _repeated(reference: float, before: Sequence[float], value: float, after: Sequence[float]) -> Difference:
    p = p_values(np.array([before], dtype=np.float64), np.array([after], dtype=np.float64))[0]
    enough = bool(before) and bool(after) and least_p(len(before), len(after)) <= ALPHA
    return _difference(value, reference, known(p), enough=enough)


def _difference(value: float | None, reference: float | None, p: float | None, *, enough: bool) -> Difference:
    return Difference(
        value_s=value,
        delta_s=None if value is None or reference is None else value - reference,
        ratio=value / reference if value is not None and reference else None,
        p=p,
        significant=p <= ALPHA if enough and p is not None else None,
    )
