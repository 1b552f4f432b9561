"""Questions to an analysed document: filter, sort, top. The same names in api and command line."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from core.profile.document import Operator, ProfileDocument


class SortKey(StrEnum):
    """What operators can be sorted by: fields of the same name."""

    ORDER = "order"
    DEVICE_S = "device_s"
    P90_S = "p90_s"
    MIN_S = "min_s"
    MAX_S = "max_s"
    SPREAD = "spread"
    WAIT_S = "wait_s"
    HOST_S = "host_s"
    START_S = "start_s"
    COMPUTATION = "computation"
    MEMORY = "memory"
    FLOPS = "flops"
    BANDWIDTH = "bandwidth"
    NAME = "name"
    TYPE = "type"


class QueryRefused(ValueError):  # noqa: N818 - named after the fact
    """The question cannot be asked like that; the message says what is possible."""


@dataclass(frozen=True, slots=True)
class OperatorQuery:
    """``sort``: a SortKey, with ``-`` before it from the largest down; an operator without that figure comes last either way, equals stay in the order of execution.

    ``types``: exact operator types, any of them. ``name``: a pattern without regard to case, with ``*``, ``?`` and ``[...]``; a text without these is looked for anywhere in the
    name. ``top``: at most so many, after sorting.
    """

    sort: str = "-device_s"
    top: int | None = None
    types: tuple[str, ...] = ()
    name: str | None = None


def select(document: ProfileDocument, query: OperatorQuery) -> tuple[Operator, ...]:
    """The operators that match. Raises QueryRefused for an unknown sort key or a negative ``top``."""
    key, descending = parse_sort(query.sort)
    if query.top is not None and query.top < 0:
        raise QueryRefused("top must not be negative.")
    chosen = [operator for operator in document.operators if _matches(operator, query)]
    known = [operator for operator in chosen if getattr(operator, key) is not None]
    unknown = [operator for operator in chosen if getattr(operator, key) is None]
    known.sort(key=lambda operator: getattr(operator, key), reverse=descending)
    return tuple((known + unknown)[: query.top])


def parse_sort(sort: str) -> tuple[SortKey, bool]:
    """The key, and whether from the largest down. Raises QueryRefused."""
    try:
        return SortKey(sort.removeprefix("-")), sort.startswith("-")
    except ValueError as error:
        raise QueryRefused(
            f"Cannot sort by {sort!r}. Known: {', '.join(SortKey)}; with - before it from the largest down."
        ) from error


def _matches(operator: Operator, query: OperatorQuery) -> bool:
    if query.types and operator.type not in query.types:
        return False
    if query.name is None:
        return True
    pattern, name = query.name.lower(), operator.name.lower()
    # Operator names are full of brackets, such as conv(data,weight)[48]: what stands in the name as it is always matches.
    return pattern in name or fnmatchcase(name, pattern)
