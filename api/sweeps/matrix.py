"""A sweep with what its tasks have measured so far."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from api.sweeps.axes import axes, coordinates
from api.sweeps.resources import Axis, Best, Cell, Metric, Point, SweepResource, SweepSummary
from api.sweeps.table import Figures, Sweep
from core.events.ownership import Visibility
from projections.task_state import State


def summary(base_url: str, sweep: Sweep, found: Mapping[UUID, Figures]) -> SweepSummary:
    states = Counter(state for point in sweep.points if (state := _state(found.get(point.task_id))) is not None)
    return SweepSummary(
        id=sweep.id,
        name=sweep.name,
        url=f"{base_url}/api/v1/sweeps/{sweep.id}",
        model=sweep.model,
        created_at=sweep.created_at,
        owner=sweep.owner,
        visibility=_visibility(sweep, found),
        tasks=len(sweep.points),
        states=dict(states),
    )


def resource(
    base_url: str,
    sweep: Sweep,
    found: Mapping[UUID, Figures],
    metric: Metric | None = None,
    latency_limit_s: float | None = None,
) -> SweepResource:
    """By default the best is the quickest, or under a latency limit the one with the largest throughput."""
    metric = metric or (Metric.LATENCY_P50 if latency_limit_s is None else Metric.THROUGHPUT)
    differing = axes([coordinates(one.platform, one.engine, one.options) for one in sweep.points])
    cells = [_cell(sweep, point, differing, found.get(point.task_id)) for point in sweep.points]
    return SweepResource(
        **dict(summary(base_url, sweep, found)),
        axes=differing,
        cells=cells,
        best=Best(metric=metric, latency_limit_s=latency_limit_s, task_id=best(cells, metric, latency_limit_s)),
    )


def _cell(sweep: Sweep, point: Point, differing: Sequence[Axis], found: Figures | None) -> Cell:
    stands = coordinates(point.platform, point.engine, point.options)
    batch = point.options.batch_size or sweep.batch
    cell = Cell(
        task_id=point.task_id, at={axis.name: stands[axis.name] for axis in differing}, state=_state(found), batch=batch
    )
    if found is None or cell.state is not State.COMPLETED:
        return cell
    p50 = found.latency_p50_s
    return cell.model_copy(
        update={
            "latency_p50": p50,
            "latency_min": found.latency_min,
            "throughput": batch / p50 if p50 else None,
            "device_s": found.device_s,
            "peak_memory": found.peak_memory,
        }
    )


def _visibility(sweep: Sweep, found: Mapping[UUID, Figures]) -> Visibility:
    levels = {one.visibility for point in sweep.points if (one := found.get(point.task_id)) and one.deleted_at is None}
    return Visibility.TEAM if levels == {Visibility.TEAM} else Visibility.PRIVATE


def _state(found: Figures | None) -> State | None:
    """A task that the read models do not show yet was submitted: that is when a sweep is shown at all."""
    if found is None:
        return State.SUBMITTED
    return None if found.deleted_at is not None else found.state


def best(cells: Sequence[Cell], metric: Metric, latency_limit_s: float | None) -> UUID | None:
    """Of equals the first."""
    sign = -1 if metric is Metric.THROUGHPUT else 1
    judged = [
        (sign * value, cell.task_id)
        for cell in cells
        if (value := getattr(cell, metric)) is not None
        and (latency_limit_s is None or (cell.latency_p50 or 0.0) <= latency_limit_s)
    ]
    return min(judged, key=lambda one: one[0])[1] if judged else None
