"""Having a model inspected: a task like any other, on whichever runner has the newest engine."""

import re
from uuid import uuid5

import asyncpg
import structlog

from api.errors.problem import RefusedError
from api.identity import Identity
from api.models import table as models
from api.models.resources import ModelResource
from api.parts import Parts
from api.tasks import labels
from api.tasks.labels import TaskLabel
from api.tasks.place import Job, place
from api.tasks.resources import ModelRef
from api.uploads.resources import Upload
from core.events.ids import CommandId, EngineVersion, Platform, TaskId, new_id
from core.events.subjects import AggregateKey
from core.events.task import TaskKind
from core.events.values import ProfileOptions
from core.nats.log import LogUnavailableError
from core.s3.errors import StorageUnavailableError
from projections.runner_board import queries as board
from projections.runner_board.queries import OfferedEngine

logger = structlog.get_logger(__name__)

DRIVER = "megengine"
"""The only driver that can look into a model without running it."""
_ASKED = "inspect"
_FIRST = (Platform.X86, Platform.ARM, Platform.CUDA)
"""Of runners with the same engine, the cheapest is taken: an inspection computes nothing."""


async def inspect_uploaded(parts: Parts, caller: Identity, upload: Upload) -> None:
    """Have an uploaded model inspected, once. What stands in the way of that does not stand in the way of the upload: it can be asked for again."""
    try:
        model = await models.visible(parts.pool, upload.resource_id, caller)
        await inspect(parts, caller, model, CommandId(uuid5(upload.id, _ASKED)))
    except (
        RefusedError,
        LogUnavailableError,
        StorageUnavailableError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        OSError,
    ) as error:
        logger.warning("no inspection", action="inspection_skipped", upload=str(upload.id), error=str(error))


async def inspect(parts: Parts, caller: Identity, model: ModelResource, command: CommandId) -> tuple[AggregateKey, int]:
    """The task's key and the sequence of its first event. Raises RefusedError with ``engine_unknown`` when no runner can do it."""
    label = await labels.of_command(parts.pool, command)
    async with parts.pool.acquire() as connection:
        offered = await board.engines(connection, caller.account)
    engine = choose_engine(offered)
    if label is None:
        new = TaskLabel(
            task_id=TaskId(new_id()),
            owner=caller.account,
            platform=engine.platform,
            name=None,
            model=ModelRef.model_validate(model.model_dump()),
            inputs={},
            request=_ASKED,
        )
        label = await labels.insert(parts.pool, new, command)
    if label.request != _ASKED:
        raise RefusedError("idempotency_key_reused", "The key belongs to another command.")
    version: EngineVersion = next(
        (one.version for one in _newest_first(offered) if one.platform == label.platform), engine.version
    )
    return await place(parts, caller, label, command, Job(version, ProfileOptions(), TaskKind.INSPECT))


def choose_engine(offered: list[OfferedEngine]) -> OfferedEngine:
    """The newest engine that a runner has which is there now; else of any runner. Raises RefusedError."""
    able = _newest_first(offered)
    if not able:
        raise RefusedError("engine_unknown", "No runner can inspect models yet.", allowed=[])
    return next((one for one in able if one.present), able[0])


def _newest_first(offered: list[OfferedEngine]) -> list[OfferedEngine]:
    able = [one for one in offered if DRIVER in one.drivers]
    return sorted(able, key=lambda one: (_newness(one.version), -_FIRST.index(one.platform)), reverse=True)


def _newness(version: str) -> tuple[tuple[int, str], ...]:
    """``1.13.0`` is newer than ``1.9.1``."""
    return tuple((int(step), "") if step.isdigit() else (-1, step) for step in re.split(r"[.+_-]", version))
