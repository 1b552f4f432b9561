"""When operators ran."""

from __future__ import annotations

from client.resource import Resource


class Span(Resource):
    """An operator on one lane (a computing node or host thread), in seconds from its side's first start; ``kern_s``: when its kernel began. ``order``: its place in the execution."""

    id: str
    name: str
    type: str = ""
    order: int = 0
    lane: str = ""
    start_s: float = 0.0
    kern_s: float = 0.0
    end_s: float = 0.0


class Timeline(Resource):
    """``number``: the profiled pass that it shows, from 1. Device and host count by clocks of their own."""

    task_id: str = ""
    number: int = 1
    device: list[Span] = []
    host: list[Span] = []
