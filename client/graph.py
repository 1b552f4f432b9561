"""The graph that a run really had, and the model's own."""

from __future__ import annotations

from client.resource import Resource


class FileNode(Resource):
    """An operator of the model's file."""

    name: str
    type: str = ""


class GraphVariable(Resource):
    name: str
    shape: list[int] | None = None
    size: int = 0
    workspace: bool = False


class GraphNode(Resource):
    """An operator that ran; ``file_operator``: which one of the file it is, None where none could be told. Times in seconds, memory in bytes."""

    id: str
    name: str = ""
    type: str = ""
    order: int | None = None
    inputs: list[GraphVariable] = []
    outputs: list[GraphVariable] = []
    device_s: float | None = None
    share: float | None = None
    computation: float | None = None
    memory: float | None = None
    file_operator: FileNode | None = None


class GraphEdge(Resource):
    source: str
    target: str
    variable: str = ""
    shape: list[int] | None = None


class RunGraph(Resource):
    """``inspected``: whether the model's own graph is known; ``unmapped``: ids of nodes that are none of its operators; ``not_run``: its operators that did not run as such."""

    task_id: str = ""
    inspected: bool = False
    nodes: list[GraphNode] = []
    edges: list[GraphEdge] = []
    unmapped: list[str] = []
    not_run: list[FileNode] = []
