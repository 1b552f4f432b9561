"""``/uploads``."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response, status

from api.access import Caller
from api.accounts.pace import PacedUpload
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.identity import Identity
from api.inputs import table as inputs
from api.models import table as models
from api.parts import Parts, PartsOf
from api.quotas.limits import check_upload
from api.routing import router_at
from api.uploads import table
from api.uploads.complete import complete, sweep_parts
from api.uploads.resources import NewUpload, Upload, UploadKind, UploadResource, UploadState
from core.domain.told import Told
from core.s3 import keys

router = router_at("/uploads", tag="uploads")

PartNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post(
    "",
    dependencies=[PacedUpload],
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {
            "headers": SEQUENCE_HEADER,
            "description": "The upload; `complete` at once when your bytes are here already.",
        },
        **documented(
            "file_empty", "file_too_large", "quota_bytes", "invalid_request", "idempotency_key_reused", "rate_limited"
        ),
    },
)
async def begin_upload(
    new: NewUpload, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> UploadResource:
    """Announce a file. Its parts follow with ``PUT``, in any order, each as often as need be.

    When you have begun to upload the same file before, the answer is that upload, with the parts that are here.
    """
    _check_size(new, parts)
    upload = await table.find_open(parts.pool, new, caller.account) or await _begin(parts, caller, new, key)
    if (upload.kind, upload.size, upload.sha256) != (new.kind, new.size, new.sha256):
        raise RefusedError("idempotency_key_reused", "The key belongs to the upload of another file.")
    response.headers["Location"] = f"{parts.settings.api_url}/api/v1/uploads/{upload.id}"
    tell_sequence(response, 0)
    return UploadResource.of(upload, await table.parts_done(parts.pool, upload.id))


async def _begin(parts: Parts, caller: Identity, new: NewUpload, key: str | None) -> Upload:
    present = await _present(parts, caller, new)
    if present is None:
        await check_upload(parts, caller.account, new.size)
    return await table.insert(
        parts.pool,
        new,
        caller.account,
        command_id(caller, "POST /uploads", key),
        part_size=parts.settings.api_part_size,
        present=present,
        lives_s=parts.settings.api_upload_days * 86_400,
    )


def _check_size(new: NewUpload, parts: Parts) -> None:
    limits = {UploadKind.MODEL: parts.settings.api_model_limit, UploadKind.INPUT: parts.settings.api_input_limit}
    if new.size == 0:
        raise RefusedError("file_empty", Told("{filename} has no bytes.", filename=new.filename))
    if new.size > limits[new.kind]:
        raise RefusedError(
            "file_too_large",
            Told(
                "{filename} has {size} bytes; an upload of a {kind} may have {limit}.",
                filename=new.filename,
                size=new.size,
                kind=new.kind,
                limit=limits[new.kind],
            ),
        )


async def _present(parts: Parts, caller: Identity, new: NewUpload) -> UUID | None:
    """Said of the caller's own only: that somebody else has a file is nobody's business."""
    find = models.of_digest if new.kind is UploadKind.MODEL else inputs.of_digest
    return await find(parts.pool, caller.account, new.sha256, new.size)


@router.get("/{upload_id}", responses=documented("upload_unknown"))
async def get_upload(upload_id: UUID, caller: Caller, parts: PartsOf) -> UploadResource:
    """How far an upload is: what is not in ``parts_done`` has to be sent."""
    upload = await _find(parts, caller, upload_id)
    return UploadResource.of(upload, await table.parts_done(parts.pool, upload.id))


@router.put(
    "/{upload_id}/parts/{number}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(
        "upload_unknown", "upload_complete", "part_unknown", "part_wrong_length", "storage_unavailable"
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_part(upload_id: UUID, number: PartNumber, request: Request, caller: Caller, parts: PartsOf) -> None:
    """The raw bytes of one part. A part that is sent again takes the place of the first."""
    upload = await _find(parts, caller, upload_id)
    if upload.state is UploadState.COMPLETE:
        raise RefusedError("upload_complete", "The upload is complete; it takes no more parts.")
    if number > upload.parts_total:
        raise RefusedError(
            "part_unknown",
            Told(
                "The upload has {parts_total} parts; there is no part {number}.",
                parts_total=upload.parts_total,
                number=number,
            ),
        )
    data = await _read_exactly(request, number, upload.length_of(number))
    await parts.store.put_bytes(keys.upload_part(upload.id, number), data)
    await table.add_part(parts.pool, upload.id, number)


async def _read_exactly(request: Request, number: int, length: int) -> bytes:
    """The body, never more of it in memory than one part."""
    announced = request.headers.get("content-length", str(length))
    data = bytearray()
    if announced == str(length):
        async for chunk in request.stream():
            data += chunk
            if len(data) > length:
                break
    if announced != str(length) or len(data) != length:
        came = announced if announced != str(length) else f"{len(data)} or more"
        raise RefusedError(
            "part_wrong_length",
            Told("Part {number} has {length} bytes; {came} came.", number=number, length=length, came=came),
        )
    return bytes(data)


@router.post(
    "/{upload_id}/complete",
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "The upload, and in `resource_id` what it became."},
        **documented(
            "upload_unknown",
            "missing_parts",
            "digest_mismatch",
            "not_a_model",
            "not_a_model_pickle",
            "model_truncated",
            "not_an_npy",
            "npy_truncated",
            "broker_unavailable",
            "storage_unavailable",
        ),
    },
)
async def complete_upload(upload_id: UUID, caller: Caller, parts: PartsOf, response: Response) -> UploadResource:
    """Join the parts, check the digest and the file's header. May be asked again at any time: it is done once."""
    upload = await _find(parts, caller, upload_id)
    tell_sequence(response, await complete(parts, caller, upload))
    return UploadResource.of(await _find(parts, caller, upload_id), [])


@router.delete("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT, responses=documented("upload_unknown"))
async def delete_upload(upload_id: UUID, caller: Caller, parts: PartsOf) -> None:
    """Give an upload up. What a complete one became stays."""
    upload = await _find(parts, caller, upload_id)
    await table.delete(parts.pool, upload.id)
    await sweep_parts(parts, upload.id)


async def _find(parts: Parts, caller: Identity, upload_id: UUID) -> Upload:
    upload = await table.find(parts.pool, upload_id, caller.account)
    if upload is None:
        raise RefusedError("upload_unknown", Told("There is no upload {upload_id}.", upload_id=upload_id))
    return upload
