"""The kinds of jobs that a worker can do, each in a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runner.engine.worker.channel import Refused
from runner.engine.worker.inspection import inspect
from runner.engine.worker.profile import profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from runner.engine.worker.channel import Channel

KINDS: dict[str, Callable[[dict[str, Any], Channel], dict[str, Any]]] = {"profile": profile, "inspect": inspect}
"""By the job's ``kind``: takes the job, tells phases to the channel, returns the fields of its line. Raises Refused, or whatever the engine raises."""

LINES = {"profile": "result", "inspect": "inspected"}
"""The type of the line that tells a kind's result."""


def do(job: dict[str, Any], channel: Channel) -> tuple[str, dict[str, Any]]:
    """The type and the fields of the line that ends the job. Raises as ``KINDS`` do."""
    kind = KINDS.get(job["kind"])
    if kind is None:
        raise Refused("unsupported", f"This engine cannot do jobs of the kind {job['kind']!r}.")
    return LINES[job["kind"]], kind(job, channel)
