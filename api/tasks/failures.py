"""What the engine or the runner said when a task failed: engine text, kept as an artifact."""

from typing import Final

import structlog
from pydantic import BaseModel, ValidationError

from core.s3 import keys
from core.s3.errors import ObjectMissingError, StorageUnavailableError
from core.s3.store import ObjectStore
from projections.task_detail.fold import TaskDetail

logger = structlog.get_logger(__name__)

ARTIFACT: Final = "failure.json"
_MOST = 256 * 1024
"""Bytes that are read of it: a runner is not trusted to be brief."""


class FailureWords(BaseModel):
    message: str | None = None
    log_tail: list[str] | None = None


async def words(store: ObjectStore, task: TaskDetail) -> FailureWords:
    """Nothing when the attempt left none, or when they cannot be read now: the kind alone says what to do."""
    if task.failure is None or not any(
        kept.name == ARTIFACT and kept.attempt == task.failure.attempt for kept in task.artifacts
    ):
        return FailureWords()
    key = keys.artifact(task.id, task.failure.attempt, ARTIFACT)
    try:
        return FailureWords.model_validate_json(await store.read_bytes(key, most=_MOST))
    except (StorageUnavailableError, ObjectMissingError, ValidationError) as error:
        logger.warning("no words about a failure", action="failure_unreadable", key=key, error=repr(error))
        return FailureWords()
