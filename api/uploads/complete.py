"""From parts to a model or an input.

The order survives a crash at any point: bytes first, then the event, then the names and the upload's end in one transaction. Whoever
completes the upload again does the same once more and gets the same resource.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import structlog

from api.commands import now, origin
from api.deletion import content
from api.errors.problem import RefusedError
from api.identity import Identity
from api.inputs import table as inputs
from api.inspections.submit import inspect_uploaded
from api.models import table as models
from api.parts import Parts
from api.uploads import checks, table
from api.uploads.resources import Upload, UploadKind, UploadState
from core.domain.model import MODEL
from core.domain.model import Upload as UploadModel
from core.domain.told import Told
from core.events.ids import CommandId, ModelId
from core.events.model import Uploaded
from core.events.subjects import AggregateKey, model_key
from core.nats.execute import execute
from core.s3 import keys
from core.s3.errors import DigestMismatchError, ObjectMissingError

logger = structlog.get_logger(__name__)

_PREFIX = {UploadKind.MODEL: keys.Content.MODELS, UploadKind.INPUT: keys.Content.INPUTS}


async def complete(parts: Parts, caller: Identity, upload: Upload) -> int:
    """Gives the sequence of the event, 0 for an input, which has none. Raises RefusedError; the upload then stays open."""
    if upload.state is UploadState.COMPLETE:
        return await _sequence_of(parts, upload)
    missing = sorted(set(range(1, upload.parts_total + 1)) - set(await table.parts_done(parts.pool, upload.id)))
    if missing:
        raise _missing(upload, missing)
    try:
        sequence = await _become(parts, caller, upload)
    except ObjectMissingError:
        return await _look_again(parts, caller, upload)
    await sweep_parts(parts, upload.id)
    return sequence


async def _become(parts: Parts, caller: Identity, upload: Upload) -> int:
    part_keys = [keys.upload_part(upload.id, number) for number in range(1, upload.parts_total + 1)]
    array = await _checked(parts, upload, part_keys)
    await content.pass_by(parts, _PREFIX[upload.kind], upload.sha256)
    await _put(parts, upload, part_keys)
    if array is None:
        return await _register_model(parts, caller, upload)
    async with parts.pool.acquire() as connection, connection.transaction():
        await inputs.insert(connection, upload, array)
        await table.complete(connection, upload.id)
    return 0


async def _checked(parts: Parts, upload: Upload, part_keys: Sequence[str]) -> checks.InputFacts | None:
    """A header that is wrong because the bytes were damaged on their way is told as that."""
    try:
        return checks.check(upload, await _first_bytes(parts, part_keys))
    except RefusedError:
        try:
            await parts.store.verify(part_keys, upload.sha256)
        except DigestMismatchError as error:
            raise _mismatch(error) from error
        raise


async def _put(parts: Parts, upload: Upload, part_keys: Sequence[str]) -> None:
    try:
        await parts.store.put_content(_PREFIX[upload.kind], part_keys, upload.sha256, upload.size)
    except DigestMismatchError as error:
        raise _mismatch(error) from error


async def _first_bytes(parts: Parts, part_keys: Sequence[str]) -> bytes:
    first = b""
    for key in part_keys:
        first += await parts.store.read_bytes(key, most=checks.FIRST_BYTES - len(first))
        if len(first) >= checks.FIRST_BYTES:
            break
    return first


async def _register_model(parts: Parts, caller: Identity, upload: Upload) -> int:
    key = model_key(ModelId(upload.resource_id))
    command = CommandId(uuid5(upload.id, "complete"))
    fact = Uploaded(sha256=upload.sha256, size=upload.size)
    outcome = await execute(parts.log, MODEL, key, UploadModel(fact), origin(caller, command), now)
    async with parts.pool.acquire() as connection, connection.transaction():
        await models.insert(connection, upload, await _time_of(parts, key))
        await table.complete(connection, upload.id)
    await inspect_uploaded(parts, caller, upload)
    return outcome.known.sequence


async def _sequence_of(parts: Parts, upload: Upload) -> int:
    if upload.kind is UploadKind.INPUT:
        return 0
    return (await parts.log.history(model_key(ModelId(upload.resource_id))))[0].sequence


async def _time_of(parts: Parts, key: AggregateKey) -> datetime:
    return (await parts.log.history(key))[0].time


async def _look_again(parts: Parts, caller: Identity, upload: Upload) -> int:
    """A part was gone: somebody else completed the upload meanwhile, or the object store lost it."""
    current = await table.find(parts.pool, upload.id, caller.account)
    if current is not None and current.state is UploadState.COMPLETE:
        return await _sequence_of(parts, current)
    prefix = keys.upload_prefix(upload.id)
    here = [int(entry.key.removeprefix(prefix).split("/")[0]) async for entry in parts.store.list(prefix)]
    await table.keep_parts(parts.pool, upload.id, here)
    raise _missing(upload, sorted(set(range(1, upload.parts_total + 1)) - set(here)))


async def sweep_parts(parts: Parts, upload: UUID) -> None:
    async for entry in parts.store.list(keys.upload_prefix(upload)):
        await parts.store.delete(entry.key)


def _missing(upload: Upload, numbers: list[int]) -> RefusedError:
    named = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
    detail = Told(
        "{count} of {parts_total} parts are missing: {named}.",
        count=len(numbers),
        parts_total=upload.parts_total,
        named=named,
    )
    return RefusedError("missing_parts", detail, missing_parts=numbers)


def _mismatch(error: DigestMismatchError) -> RefusedError:
    detail = Told(
        "The bytes that came have the SHA-256 {actual}; announced was {expected}.",
        actual=error.actual,
        expected=error.expected,
    )
    return RefusedError("digest_mismatch", detail, expected=error.expected, actual=error.actual)
