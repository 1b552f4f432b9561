"""What differs between the tasks of a sweep."""

from collections.abc import Sequence

from api.sweeps.resources import Axis, NewSweep, Value
from core.events.ids import EngineVersion, Platform
from core.events.values import ProfileOptions

Coordinates = dict[str, Value]


def coordinates(platform: Platform | str, engine: EngineVersion, options: ProfileOptions) -> Coordinates:
    """Every figure that can differ."""
    return {"platform": str(platform), "engine": engine, **options.model_dump()}


def axes(points: Sequence[Coordinates]) -> list[Axis]:
    """What has more than one value; of a sweep of one task, the platform."""
    found = [Axis(name=name, values=list(dict.fromkeys(point[name] for point in points))) for name in points[0]]
    return [axis for axis in found if len(axis.values) > 1] or found[:1]


def names(new: NewSweep) -> list[str | None]:
    """By task: the sweep's name, and where it stands in it."""
    points = [coordinates(one.platform, one.engine, one.options) for one in new.tasks()]
    differing = axes(points)
    if new.name is None:
        return [None] * len(points)
    return [
        f"{new.name}: {', '.join(_said(axis.name, point[axis.name]) for axis in differing)}"[:200] for point in points
    ]


def _said(name: str, value: Value) -> str:
    match value:
        case True:
            return name
        case False | None:
            return f"no {name}"
        case str():
            return value
        case _:
            return f"{name} {value}"
