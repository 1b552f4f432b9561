"""Memory over the course of a run."""

from __future__ import annotations

from client.resource import Resource


class Alive(Resource):
    """A storage at the peak, in bytes. ``operator`` is the id of the operator that wrote ``variable``; ``kept``: it is never reclaimed, as weights are."""

    operator: str
    name: str | None = None
    type: str | None = None
    variable: str = ""
    size: int = 0
    kept: bool = False


class Memory(Resource):
    """Bytes. ``peak`` is the sum of ``kept``, ``reclaimed`` and ``outside``; ``measured`` what the engine's process had at most; ``steps`` what is in use at each step."""

    task_id: str = ""
    peak: int = 0
    peak_step: int | None = None
    kept: int = 0
    reclaimed: int = 0
    outside: int = 0
    measured: int | None = None
    alive: list[Alive] = []
    steps: list[int] = []
