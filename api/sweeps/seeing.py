"""Who sees what of a sweep: of its tasks those that they may see, and the sweep itself when that is one at least."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from api.sweeps.table import Figures, Sweep
from api.visibility import Viewer, may_change


def seen(sweep: Sweep, found: Mapping[UUID, Figures], viewer: Viewer) -> Sweep | None:
    """The sweep as the viewer sees it: whole for its owner and administrators, else without what is not shown to them."""
    if viewer.identity is not None and may_change(viewer.identity, sweep.owner):
        return sweep
    points = [
        point
        for point in sweep.points
        if (task := found.get(point.task_id)) is not None
        and task.deleted_at is None
        and viewer.may_see_task(point.task_id, task)
    ]
    return replace(sweep, points=points) if points else None
