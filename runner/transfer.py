"""Files to and from the object store, by presigned URLs."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import httpx2
import stamina

from core.events.ids import Sha256
from core.events.values import Artifact

T = TypeVar("T")

PART = ".part-"
"""In the name of a file that is not whole yet."""

LONGEST_S = 3600.0
"""300 kB/s bring a gigabyte in that time."""
_CHUNK = 2**20
_ASK_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class StorageFailedError(Exception):
    """The object store did not answer, refused, or gave other bytes than were asked for."""


class StorageRefusedError(StorageFailedError):
    """The same URL will not be good a moment later: it has expired, or there is no such object."""


@dataclass(frozen=True)
class Upload:
    """A file on its way out, under the name of an artifact."""

    path: Path
    artifact: Artifact


def prepare(name: str, path: Path) -> Upload:
    """Digest and size of a file. Blocking: call it in a thread."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Upload(path, Artifact(name=name, sha256=digest, size=path.stat().st_size))


class Transfer:
    """``longest_s`` bounds each file's way, tries again included: a store that sends a byte a minute answers, and would hold a slot for days."""

    def __init__(self, client: httpx2.AsyncClient, longest_s: float = LONGEST_S) -> None:
        self._client = client
        self._longest_s = longest_s

    async def download(self, url: str, sha256: Sha256, to: Path) -> None:
        """Stream an object into a file and check its digest. Raises StorageFailedError; leaves no half file under ``to``."""
        part = to.with_name(f"{to.name}{PART}{id(self):x}")
        try:
            digest = await self._bounded("download", lambda: self._stream_to(url, part))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        if digest != sha256:
            part.unlink()
            raise StorageFailedError(f"the object store gave other bytes than {sha256}")
        part.rename(to)

    async def _stream_to(self, url: str, path: Path) -> str:
        digest = hashlib.sha256()
        try:
            async with self._client.stream("GET", url) as response:
                response.raise_for_status()
                with path.open("wb") as file:
                    async for chunk in response.aiter_bytes(_CHUNK):
                        digest.update(chunk)
                        await asyncio.to_thread(file.write, chunk)
        except (httpx2.HTTPError, OSError) as error:
            raise _failed("download", error) from None
        return digest.hexdigest()

    async def upload(self, url: str, upload: Upload) -> None:
        """Raises StorageFailedError."""
        await self._bounded(f"upload of {upload.artifact.name}", lambda: self._put(url, upload))

    async def _bounded(self, what: str, step: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(self._longest_s):
                return await _patiently(step)
        except TimeoutError:
            raise StorageFailedError(f"{what} took longer than {self._longest_s:g} seconds") from None

    async def _put(self, url: str, upload: Upload) -> None:
        try:
            response = await self._client.put(
                url, content=_chunks(upload.path), headers={"Content-Length": str(upload.artifact.size)}
            )
            response.raise_for_status()
        except (httpx2.HTTPError, OSError) as error:
            raise _failed(f"upload of {upload.artifact.name}", error) from None


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


async def _patiently(step: Callable[[], Awaitable[T]]) -> T:
    # Not stamina's decorator: that logs the arguments of what it tries again, and a presigned URL is a secret.
    async for attempt in stamina.retry_context(on=_passes, attempts=5, timeout=60.0):
        with attempt:
            return await step()
    raise AssertionError("the last try returns or raises")


def _passes(error: Exception) -> bool:
    return isinstance(error, StorageFailedError) and not isinstance(error, StorageRefusedError)


def _failed(what: str, error: Exception) -> StorageFailedError:
    """Without the error's own words, and raised from None: both hold the URL."""
    if not isinstance(error, httpx2.HTTPStatusError):
        return StorageFailedError(f"{what} failed: {type(error).__name__}")
    status = error.response.status_code
    kind = StorageRefusedError if 400 <= status < 500 and status not in _ASK_AGAIN else StorageFailedError
    return kind(f"{what} failed: status {status}")
