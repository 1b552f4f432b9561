"""``/models/{id}/graph``: the graph of a model's file, to be drawn."""

import asyncio
from uuid import UUID

from pydantic import BaseModel, ValidationError

from api.access import Caller
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.inspections import reading
from api.models import table
from api.parts import PartsOf
from api.routing import router_at
from core.domain.told import Told
from core.events.ids import ModelId
from core.protocol.inspection import MOST_BYTES, InspectionDocument, Variable

router = router_at("/models", tag="models")


class ModelNode(BaseModel):
    """An operator of the file. ``id``: its place among them. ``flops`` and ``activation_bytes`` at the inspection's batch size; ``parameter_bytes`` of a constant."""

    id: str
    name: str
    type: str
    inputs: list[str]
    outputs: list[Variable]
    flops: float | None
    parameter_bytes: int | None
    activation_bytes: int | None


class ModelEdge(BaseModel):
    """``variable`` goes from node ``source`` to node ``target`` (ids)."""

    source: str
    target: str
    variable: str
    shape: tuple[int, ...] | None


class ModelGraph(BaseModel):
    model_id: UUID
    batch_size: int | None
    nodes: list[ModelNode]
    edges: list[ModelEdge]


@router.get(
    "/{model_id}/graph",
    dependencies=[Fresh],
    responses=documented("model_unknown", "inspection_not_ready", "storage_unavailable", "not_fresh_yet"),
)
async def get_model_graph(model_id: UUID, caller: Caller, parts: PartsOf) -> ModelGraph:
    """The model's own graph, as its newest inspection found it. What really ran of it: `GET /tasks/{id}/graph`."""
    model = await table.visible(parts.pool, model_id, caller)
    found = await reading.found(parts, ModelId(model_id))
    if found is None:
        raise await reading.not_ready(parts, model)
    content = await parts.store.read_bytes(found[0], most=MOST_BYTES)
    try:
        return await asyncio.to_thread(_graph, model_id, content)
    except ValidationError as error:
        raise RefusedError(
            "inspection_not_ready", Told("Have model {model_id} inspected again.", model_id=model_id)
        ) from error


def _graph(model_id: UUID, content: bytes) -> ModelGraph:
    document = InspectionDocument.model_validate_json(content)
    made = {variable.name: (str(at), variable) for at, one in enumerate(document.operators) for variable in one.outputs}
    return ModelGraph(
        model_id=model_id,
        batch_size=document.batch_size,
        nodes=[
            ModelNode(
                id=str(at),
                name=one.name,
                type=one.type,
                inputs=list(one.inputs),
                outputs=list(one.outputs),
                flops=one.flops,
                parameter_bytes=None if one.parameter is None else one.parameter.bytes,
                activation_bytes=None if one.activation is None else one.activation.bytes,
            )
            for at, one in enumerate(document.operators)
        ],
        edges=[
            ModelEdge(source=made[name][0], target=str(at), variable=name, shape=made[name][1].shape)
            for at, one in enumerate(document.operators)
            for name in one.inputs
            if name in made
        ],
    )
