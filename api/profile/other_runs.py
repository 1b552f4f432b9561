"""Advice that looks at other runs of the same model: what was faster with another option."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from core.domain.told import Told
from core.events.values import ProfileOptions
from core.postgres.connection import Pool
from core.postgres.queries import Queries
from core.profile.advice.finding import Finding
from projections.task_detail.fold import TaskDetail

_SQL: Final = Queries.beside(__file__)
_UNTOLD: Final = {
    "iterations",
    "warmup",
    "profiled_passes",
    "time_limit_s",
    "queue_limit_s",
    "output_dumps",
    "output_rms",
}
"""How long and how often was measured makes no model faster."""
LEAST: Final = 1.1


@dataclass(frozen=True)
class OtherRun:
    """A completed run of the same model, data, engine and platform; its median clean latency in seconds."""

    id: UUID
    options: ProfileOptions
    latency_p50_s: float


_RUNS: Final = TypeAdapter(list[OtherRun])


async def faster_runs(pool: Pool, task: TaskDetail, latency_p50_s: float) -> tuple[Finding, ...]:
    """What the owner's other runs say."""
    rows = await pool.fetch(
        _SQL["other_runs"], task.model_id, task.owner, task.platform, task.engine, task.id, list(task.inputs)
    )
    found = faster(task.options, latency_p50_s, _RUNS.validate_python([dict(row) for row in rows]))
    return () if found is None else (found,)


def faster(options: ProfileOptions, latency_p50_s: float, others: Sequence[OtherRun]) -> Finding | None:
    """The quickest other run at the same batch size, if it was at least a tenth quicker with other options."""
    different = [one for one in others if one.latency_p50_s > 0 and _changed(options, one.options)]
    alike = [one for one in different if one.options.batch_size == options.batch_size]
    best = min(alike, key=lambda one: one.latency_p50_s, default=None)
    if best is None or latency_p50_s / best.latency_p50_s < LEAST:
        return None
    ratio = latency_p50_s / best.latency_p50_s
    told = ", ".join(f"{name} {_said(value)}" for name, value in _changed(options, best.options).items())
    return Finding(
        rule="faster_with_other_options",
        title=Told(
            "The same model with {options} was {ratio:.1f}x faster in run {run}.",
            options=told,
            ratio=ratio,
            run=best.id,
        ),
        advice="Choose these options; compare the two runs to see which operators they change.",
        figures={"ratio": ratio, "latency_s": latency_p50_s, "other_latency_s": best.latency_p50_s},
    )


def _changed(options: ProfileOptions, other: ProfileOptions) -> dict[str, object]:
    mine, theirs = (one.model_dump(exclude=_UNTOLD) for one in (options, other))
    return {name: value for name, value in theirs.items() if mine[name] != value}


def _said(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
