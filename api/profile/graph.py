"""``/tasks/{id}/graph``: the graph that ran, to be drawn, each operator beside the one of the model's file."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from fastapi import Response

from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.inspections import reading as inspections
from api.parts import Parts, PartsOf
from api.profile.documents import MOST_RAW_BYTES
from api.profile.reading import REFUSALS, profile_of
from api.profile.routes import as_json
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import artifacts
from core.domain.told import Told
from core.events.ids import ModelId
from core.profile.document import ProfileDocument
from core.profile.graph import FileOperator, RanGraph, RanOperator, RanVariable, correspondence, read_graph
from core.profile.malformed import RawProfileMalformed
from core.profile.table import known
from core.protocol.inspection import MOST_BYTES
from core.s3 import keys

router = router_at("/tasks", tag="profile")


@dataclass(frozen=True, slots=True)
class GraphVariable:
    """``shape`` None where the engine wrote none down; ``size`` in bytes; ``workspace``: memory that a kernel works in, no result."""

    name: str
    shape: tuple[int, ...] | None
    size: int
    workspace: bool


@dataclass(frozen=True, slots=True)
class FileNode:
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class GraphNode:
    """An operator that ran. ``order`` in the execution. Times in seconds, ``share`` of all operators' device time, ``computation`` in operations, ``memory`` in bytes; None for one that takes no time.

    ``file_operator``: the operator of the model's file that it is, None where none could be told.
    """

    id: str
    name: str
    type: str
    order: int | None
    inputs: list[GraphVariable]
    outputs: list[GraphVariable]
    device_s: float | None
    share: float | None
    computation: int | None
    memory: int | None
    file_operator: FileNode | None


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """``variable`` (its name) goes from node ``source`` to node ``target`` (ids)."""

    source: str
    target: str
    variable: str
    shape: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class GraphResource:
    """``inspected``: whether the model's own graph is known; without it nothing is mapped. ``unmapped``: ids of nodes that are none of the file's operators.

    ``not_run``: operators of the file of which no operator that ran makes the output: fused into others, folded into constants, or not needed.
    """

    task_id: UUID
    inspected: bool
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    unmapped: list[str]
    not_run: list[FileNode]


@router.get(
    "/{task_id}/graph",
    dependencies=[Fresh],
    response_model=GraphResource,
    responses=documented(*REFUSALS),
)
async def get_graph(task_id: UUID, viewer: Looking, parts: PartsOf) -> Response:
    """The graph that a completed task really ran: its operators with times, what they hand on, and which operators of the model's file they are."""
    task, document = await profile_of(parts, viewer, task_id)
    kept = artifacts.find(task, "raw-1.json")
    raw = await parts.store.read_bytes(keys.artifact(task.id, kept.attempt, kept.name), most=MOST_RAW_BYTES)
    file = await _file_operators(parts, ModelId(task.model_id))
    try:
        return as_json(await asyncio.to_thread(_resource, task_id, raw, document, file))
    except RawProfileMalformed as error:
        raise RefusedError("profile_outdated", Told("Task {task_id}: {error}", task_id=task_id, error=error)) from error


async def _file_operators(parts: Parts, model: ModelId) -> list[FileOperator] | None:
    found = await inspections.found(parts, model)
    if found is None:
        return None
    content = await parts.store.read_bytes(found[0], most=MOST_BYTES)
    return await asyncio.to_thread(_operators_of, content)


def _operators_of(content: bytes) -> list[FileOperator]:
    """The runner checked the document; of its 11,000 operators we need three fields each."""
    return [
        FileOperator(one["name"], one["type"], tuple(variable["name"] for variable in one["outputs"]))
        for one in orjson.loads(content)["operators"]
    ]


def _resource(
    task_id: UUID, raw: bytes, document: ProfileDocument, file: Sequence[FileOperator] | None
) -> GraphResource:
    graph = read_graph(raw)
    mapped = correspondence(graph, file or ())
    ran = set(mapped.values())
    files = [FileNode(one.name, one.type) for one in file or ()]
    place = {key: at for at, key in enumerate(document.operators.id)}
    variables = {key: _variable(one) for key, one in graph.variables.items()}
    return GraphResource(
        task_id=task_id,
        inspected=file is not None,
        nodes=[
            _node(one, variables, document, place.get(one.id), files[mapped[one.id]] if one.id in mapped else None)
            for one in graph.operators
        ],
        edges=_edges(graph),
        unmapped=[one.id for one in graph.operators if one.id not in mapped],
        not_run=[one for at, one in enumerate(files) if at not in ran],
    )


def _node(
    one: RanOperator,
    variables: dict[str, GraphVariable],
    document: ProfileDocument,
    at: int | None,
    file_operator: FileNode | None,
) -> GraphNode:
    table = document.operators
    return GraphNode(
        id=one.id,
        name=one.name,
        type=one.type,
        order=one.step,
        inputs=[variables[key] for key in one.inputs],
        outputs=[variables[key] for key in one.outputs],
        device_s=None if at is None else known(table.device_s[at]),
        share=None if at is None else float(table.share[at]),
        computation=None if at is None else table.computation[at],
        memory=None if at is None else table.memory[at],
        file_operator=file_operator,
    )


def _variable(one: RanVariable) -> GraphVariable:
    return GraphVariable(one.name, one.shape, one.size, one.workspace)


def _edges(graph: RanGraph) -> list[GraphEdge]:
    return [
        GraphEdge(edge.source, edge.target, variable.name, variable.shape)
        for edge in graph.edges
        for variable in (graph.variables[edge.variable],)
    ]
