"""The log of an attempt that has ended, line by line."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable

import structlog

from core.events.ids import TaskId
from core.events.subjects import AggregateKey
from core.events.values import Artifact
from core.s3 import keys
from core.s3.errors import ObjectMissingError, StorageUnavailableError
from core.s3.store import ObjectStore

logger = structlog.get_logger(__name__)

ARTIFACT = "log.txt"
LONGEST_LINE = 16 * 1024
"""Bytes; the rest of a longer line is in the artifact."""


async def stored_lines(
    store: ObjectStore, task: AggregateKey, attempt: int, artifacts: Iterable[Artifact]
) -> AsyncIterator[tuple[int, str]]:
    """Lines with their numbers from 1; none when the attempt kept no log, or it cannot be read now (the events matter more)."""
    if not any(artifact.name == ARTIFACT for artifact in artifacts):
        return
    key = keys.artifact(TaskId(task.id), attempt, ARTIFACT)
    number = 0
    try:
        async for line in lines((await store.get(key)).chunks()):
            number += 1
            yield number, line
    except (StorageUnavailableError, ObjectMissingError) as error:
        logger.warning("a stored log cannot be read", action="log_unreadable", key=key, error=repr(error))


async def lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """Lines as text, never more than one chunk and one line in memory."""
    rest = b""
    async for chunk in chunks:
        *whole, tail = chunk.split(b"\n")
        for line in whole:
            yield _text(rest + line)
            rest = b""
        rest = (rest + tail)[: LONGEST_LINE + 1]
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    return line[:LONGEST_LINE].removesuffix(b"\r").decode("utf-8", "replace")
