"""A profile as its owner sees it. Times in seconds, memory in bytes, shares 0 to 1."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from api.profile.query import ProfileQuery
from core.profile.advice.finding import Finding
from core.profile.advice.rules import advise
from core.profile.aggregate import CopyTime, Group, aggregate, copy_time
from core.profile.document import Peaks, ProfileDocument, Timing, Totals, TypeSum
from core.profile.memory import Alive
from core.profile.query import Selection, Side, Until, select
from core.profile.roofline import Roofline, roofline
from core.profile.table import Operator, OperatorTable, known


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorResource(Operator):
    """``time_s``: the time that was asked for. ``cumulative``: the share that this and all operators before it in the list have of that time over the whole run.

    ``roofline`` where the device's peaks are known.
    """

    time_s: float | None
    cumulative: float | None
    roofline: Roofline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResource(Group):
    """``roofline`` where the device's peaks are known, from the group's own sums."""

    roofline: Roofline | None


@dataclass(frozen=True, slots=True)
class ProfileResource:
    """``total_s``: the chosen time over all operators. ``matching``: operators that pass the filters, before ``top``. ``groups``: with ``group_by`` only."""

    task_id: UUID
    analyser: int
    engine_build: str
    timing: Timing
    totals: Totals
    by_type: tuple[TypeSum, ...]
    peaks: Peaks | None
    advice: tuple[Finding, ...]
    side: Side
    until: Until
    total_s: float
    matching: int
    operators: list[OperatorResource]
    groups: list[GroupResource] | None
    copies: CopyTime


@dataclass(frozen=True, slots=True)
class SpanResource:
    """An operator on one lane of the timeline, in seconds from the side's first start; ``kern_s``: when its kernel began. ``order``: its place in the execution."""

    id: str
    name: str
    type: str
    order: int
    lane: str
    start_s: float
    kern_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class TimelineResource:
    """``number``: the profiled pass that it shows, whose device time is the median. Device and host count by clocks of their own."""

    task_id: UUID
    number: int
    device: list[SpanResource]
    host: list[SpanResource]


@dataclass(frozen=True, slots=True)
class AliveResource:
    """What operator ``operator`` (its id) wrote as variable ``variable``, ``size`` bytes. ``kept``: never reclaimed, as weights are. ``name`` and ``type``: of the operator; None for one that takes no time."""

    operator: str
    name: str | None
    type: str | None
    variable: str
    size: int
    kept: bool


@dataclass(frozen=True, slots=True)
class MemoryResource:
    """``steps``: bytes in use at each step of the execution. ``alive``: what is in use at ``peak_step``, largest first.

    ``peak`` is the sum of ``kept`` (weights, mostly), ``reclaimed`` (results between operators, workspaces) and ``outside`` (what no operator of the run writes).
    ``measured``: peak resident bytes of the engine's process, the engine itself included.
    """

    task_id: UUID
    peak: int
    peak_step: int | None
    kept: int
    reclaimed: int
    outside: int
    measured: int
    alive: list[AliveResource]
    steps: list[int]


def profile_resource(task_id: UUID, document: ProfileDocument, query: ProfileQuery) -> ProfileResource:
    """Raises QueryRefused."""
    question = query.question()
    found = select(document.operators, question)
    return ProfileResource(
        task_id=task_id,
        analyser=document.analyser,
        engine_build=document.engine_build,
        timing=document.timing,
        totals=document.totals,
        by_type=document.by_type,
        peaks=document.peaks,
        advice=advise(document),
        side=query.side,
        until=query.until,
        total_s=found.total_s,
        matching=found.matching,
        operators=list(_operators(document, found)),
        groups=None
        if query.group_by is None
        else [
            GroupResource(**_of(one), roofline=_attained(one, document.peaks))
            for one in aggregate(document.operators, question, query.group_by, query.aggregate)
        ],
        copies=copy_time(document.operators, question),
    )


def timeline_resource(task_id: UUID, document: ProfileDocument) -> TimelineResource | None:
    """None for a document without a timeline."""
    shown = document.timeline
    if shown is None:
        return None
    device, host = (
        [
            SpanResource(table.id[row], table.name[row], table.type[row], row, spans.lanes[lane], start, kern, end)
            for row, lane, start, kern, end in zip(
                spans.row.tolist(),
                spans.lane.tolist(),
                spans.start.tolist(),
                spans.kern.tolist(),
                spans.end.tolist(),
                strict=True,
            )
        ]
        for table, spans in ((document.operators, shown.device), (document.operators, shown.host))
    )
    return TimelineResource(task_id, shown.number, device, host)


def memory_resource(task_id: UUID, document: ProfileDocument) -> MemoryResource | None:
    """None for a document without memory."""
    usage = document.memory
    if usage is None:
        return None
    table = document.operators
    place = {key: at for at, key in enumerate(table.id)}
    return MemoryResource(
        task_id=task_id,
        peak=usage.peak,
        peak_step=usage.peak_step,
        kept=usage.kept,
        reclaimed=usage.reclaimed,
        outside=usage.outside,
        measured=document.totals.peak_memory,
        alive=[_alive(one, table, place.get(one.operator)) for one in usage.alive],
        steps=usage.steps.tolist(),
    )


def _alive(one: Alive, table: OperatorTable, at: int | None) -> AliveResource:
    name, type_ = (None, None) if at is None else (table.name[at], table.type[at])
    return AliveResource(one.operator, name, type_, one.variable, one.size, one.kept)


def _operators(document: ProfileDocument, found: Selection) -> Iterator[OperatorResource]:
    rows = document.operators.rows(found.rows.tolist())
    for row, time_s, cumulative in zip(rows, found.time_s.tolist(), found.cumulative.tolist(), strict=True):
        yield OperatorResource(
            **_of(row),
            time_s=known(time_s),
            cumulative=known(cumulative),
            roofline=roofline(row.computation, row.memory, row.device_s, document.peaks),
        )


def _attained(group: Group, peaks: Peaks | None) -> Roofline | None:
    return roofline(group.computation, group.memory, group.time_s, peaks)


def _of(row: Operator | Group) -> dict[str, Any]:
    """Its fields, not copied deep as ``asdict`` would."""
    return {one.name: getattr(row, one.name) for one in fields(row)}
