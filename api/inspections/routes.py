"""``/models/{id}/inspect`` and ``/models/{id}/inspection``."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Query, Response, status
from fastapi.responses import StreamingResponse

from api.access import Caller
from api.accounts.pace import PacedSubmit
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, origin, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.grouping import choose
from api.inspections import reading
from api.inspections.resources import ModelDetail
from api.inspections.submit import inspect
from api.models import table
from api.models.resources import ModelChange, ModelResource
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.tasks.kills import check_kills
from api.tasks.reading import from_log
from api.tasks.resources import TaskResource
from api.visibility import check_change
from core.domain.model import MODEL, Command
from core.domain.ownership import ChangeVisibility
from core.domain.told import Told
from core.events.ids import AccountId, CommandId, ModelId, new_id
from core.events.subjects import model_key
from core.nats.execute import execute
from core.protocol.inspection import STRUCTURE, InspectionDocument
from core.s3 import keys

router = router_at("/models", tag="models")


@router.get("/{model_id}", dependencies=[Fresh], responses=documented("model_unknown", "not_fresh_yet"))
async def get_model(model_id: UUID, caller: Caller, parts: PartsOf) -> ModelDetail:
    """A model, what its inspection counted, and how that inspection stands."""
    return await reading.describe(parts, await table.visible(parts.pool, model_id, caller), caller)


@router.patch(
    "/{model_id}",
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "The model as it is now."},
        **documented(
            *("model_unknown", "not_yours", "project_unknown", "project_archived", "too_many_tags"),
            *("broker_unavailable", "not_fresh_yet"),
        ),
    },
)
async def change_model(
    model_id: UUID, change: ModelChange, caller: Caller, parts: PartsOf, response: Response
) -> ModelDetail:
    """Change what can be changed of a model; what is not given stays as it is."""
    model = await table.visible(parts.pool, model_id, caller)
    check_change(caller, model, f"Model {model_id}")
    commands: list[Command] = list(await choose.commands(parts, caller, AccountId(model.owner), change))
    if change.visibility is not None:
        commands.append(ChangeVisibility(change.visibility))
        model = model.model_copy(update={"visibility": change.visibility})
    sequence, grouping = 0, None
    for command in commands:
        because = origin(caller, CommandId(new_id()), owner=AccountId(model.owner))
        known = (await execute(parts.log, MODEL, model_key(ModelId(model_id)), command, because, now)).known
        sequence, grouping = known.sequence, known.state.grouping
    tell_sequence(response, sequence)
    return await reading.describe(parts, model, caller, grouping)


@router.post(
    "/{model_id}/inspect",
    dependencies=[PacedSubmit],
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The task that inspects the model."},
        **documented(
            *("model_unknown", "model_kills_runners", "engine_unknown", "idempotency_key_reused", "rate_limited"),
            "broker_unavailable",
        ),
    },
)
async def inspect_model(
    model_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> TaskResource:
    """Have a model inspected. Every uploaded model is, by itself: this is for when there was no runner, or a newer engine has come."""
    model = await table.visible(parts.pool, model_id, caller)
    # An owner who asks has said so.
    await check_kills(parts, caller, model, anyway=True)
    command = command_id(caller, f"POST /models/{model_id}/inspect", key)
    task, sequence = await inspect(parts, caller, model, command)
    described = await from_log(parts, task, caller)
    response.headers["Location"] = described.url
    tell_sequence(response, sequence)
    return described


@router.get(
    "/{model_id}/inspection",
    dependencies=[Fresh],
    response_class=StreamingResponse,
    responses={
        200: {"model": InspectionDocument, "description": "The newest inspection that ended well."},
        **documented("model_unknown", "inspection_not_ready", "storage_unavailable", "not_fresh_yet"),
    },
)
async def get_inspection(model_id: UUID, caller: Caller, parts: PartsOf) -> StreamingResponse:
    """Inputs, outputs and operators of a model, with their parameters, computation and activations; figures as `network_visualize` counts them."""
    model = await table.visible(parts.pool, model_id, caller)
    found = await reading.found(parts, ModelId(model_id))
    if found is None:
        raise await reading.not_ready(parts, model)
    key, kept = found
    body = await parts.store.get(key)
    headers = {"Content-Length": str(body.size), "ETag": f'"{kept.sha256}"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(body.chunks(), headers=headers, media_type="application/json")


@router.get(
    "/{model_id}/file",
    dependencies=[Fresh],
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The model."},
        **documented("model_unknown", "inspection_not_ready", "storage_unavailable", "not_fresh_yet"),
    },
)
async def get_model_file(
    model_id: UUID,
    caller: Caller,
    parts: PartsOf,
    values: Annotated[
        bool,
        Query(
            description="`false`: without the values of its tensors, as its newest inspection left it. That is all a drawing needs, some kB instead of all; no engine loads it."
        ),
    ] = True,
) -> StreamingResponse:
    """The model's bytes as they were uploaded, or without values, to be drawn."""
    model = await table.visible(parts.pool, model_id, caller)
    key, sha256 = (keys.model(model.sha256), model.sha256) if values else await _structure(parts, model)
    body = await parts.store.get(key)
    headers = {
        "Content-Length": str(body.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(model.name)}",
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(body.chunks(), headers=headers, media_type="application/octet-stream")


async def _structure(parts: Parts, model: ModelResource) -> tuple[str, str]:
    """Where the model without values stands, and its digest. Raises RefusedError with ``inspection_not_ready``."""
    found = await reading.found(parts, ModelId(model.id), STRUCTURE)
    if found is None:
        told = Told(
            "No inspection has left model {model} without its values; its file is there with them.", model=model.id
        )
        raise RefusedError("inspection_not_ready", told)
    key, kept = found
    return key, kept.sha256
