"""``/tasks/{id}/export/{format}``."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import StreamingResponse

from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.export.reproduce import pack
from api.freshness import Fresh
from api.parts import PartsOf
from api.profile.reading import REFUSALS, completed, profile_of
from api.routing import router_at
from api.sharing.looking import Looking
from api.tasks import artifacts, labels
from api.tasks.environment import environment_of
from core.events.ids import TaskId
from core.profile.document import ProfileDocument
from core.profile.export.chrome_trace import chrome_trace
from core.profile.export.table_csv import operators_csv
from core.profile.export.whole_json import whole_json
from core.s3 import keys

router = router_at("/tasks", tag="profile")


class Format(StrEnum):
    CSV = "csv"
    JSON = "json"
    CHROME_TRACE = "chrome-trace"
    RAW = "raw"
    REPRODUCE = "reproduce"


_MADE: dict[Format, tuple[Callable[[ProfileDocument], bytes], str, str]] = {
    Format.CSV: (lambda document: operators_csv(document.operators), "text/csv; charset=utf-8", "operators.csv"),
    Format.JSON: (whole_json, "application/json", "profile.json"),
    Format.CHROME_TRACE: (chrome_trace, "application/json", "trace.json"),
}


@router.get(
    "/{task_id}/export/{format}",
    dependencies=[Fresh],
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
                "application/zip": {"schema": {"type": "string", "format": "binary"}},
            },
        },
        **documented(*REFUSALS, "artifact_unknown"),
    },
)
async def export_task(
    task_id: UUID,
    format: Format,  # noqa: A002 - the word of the address
    viewer: Looking,
    parts: PartsOf,
    number: Annotated[int, Query(alias="pass", ge=1, description="Which profiled pass, for `raw`.")] = 1,
) -> Response:
    """The profile as a file: operators as CSV, the analysed document with rows as JSON, Chrome trace events, a pass as MegEngine wrote it, or what it takes to run the task again by hand."""
    if format is Format.RAW:
        return await _raw(parts, viewer, task_id, number)
    if format is Format.REPRODUCE:
        return await _reproduce(parts, viewer, task_id)
    make, media_type, name = _MADE[format]
    _, document = await profile_of(parts, viewer, task_id)
    try:
        content = await asyncio.to_thread(make, document)
    except ValueError as error:
        raise RefusedError("profile_outdated", str(error)) from error
    return Response(content, headers=_headers(task_id, name), media_type=media_type)


async def _raw(parts: PartsOf, viewer: Looking, task_id: UUID, number: int) -> StreamingResponse:
    task = await completed(parts, viewer, task_id)
    kept = artifacts.find(task, f"raw-{number}.json")
    body = await parts.store.get(keys.artifact(TaskId(task_id), kept.attempt, kept.name))
    headers = {**_headers(task_id, kept.name), "Content-Length": str(body.size), "ETag": f'"{kept.sha256}"'}
    return StreamingResponse(body.chunks(), headers=headers, media_type="application/json")


async def _reproduce(parts: PartsOf, viewer: Looking, task_id: UUID) -> Response:
    task = await completed(parts, viewer, task_id)
    label = (await labels.find(parts.pool, [task.id])).get(task.id)
    formats = {name: ref.format for name, ref in label.inputs.items()} if label else {}
    made = [*label.data.random, *(ref.name for ref in label.data.archives)] if label else []
    content = pack(str(task.id), await environment_of(parts, task), formats, made)
    return Response(content, headers=_headers(task_id, "reproduce.zip"), media_type="application/zip")


def _headers(task_id: UUID, name: str) -> dict[str, str]:
    # No browser is to guess what a stranger's names could be.
    return {"Content-Disposition": f'attachment; filename="{task_id}-{name}"', "X-Content-Type-Options": "nosniff"}
