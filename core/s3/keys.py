"""Where things stand in the bucket. Keys have a fixed depth: some servers hang on ``p`` and ``p/q`` side by side."""

from enum import StrEnum
from uuid import UUID

from core.events.ids import Sha256, TaskId


class Content(StrEnum):
    """What is stored once under its digest."""

    MODELS = "models"
    INPUTS = "inputs"


def content(prefix: Content, sha256: Sha256) -> str:
    return f"{prefix}/{sha256}/file"


def model(sha256: Sha256) -> str:
    return content(Content.MODELS, sha256)


def input_(sha256: Sha256) -> str:
    return content(Content.INPUTS, sha256)


def artifact(task: TaskId, attempt: int, name: str) -> str:
    return f"artifacts/{task}/{attempt}-{name}"


def artifacts_prefix(task: TaskId) -> str:
    return f"artifacts/{task}/"


def request(task: TaskId) -> str:
    """What was asked for, with the names that events must not hold; written before the task is submitted, hence attempt 0."""
    return artifact(task, 0, "request.json")


def upload_part(upload: UUID, number: int) -> str:
    """Parts are counted from 1."""
    return f"uploads/{upload}/{number}/file"


def upload_prefix(upload: UUID) -> str:
    return f"uploads/{upload}/"
