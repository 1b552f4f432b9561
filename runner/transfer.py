"""Files to and from the object store, by presigned URLs."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import stamina

from core.events.ids import Sha256
from core.events.values import Artifact

_CHUNK = 2**20


class StorageFailedError(Exception):
    """The object store did not answer, refused, or gave other bytes than were asked for."""


_patiently = stamina.retry(on=StorageFailedError, attempts=5, timeout=60.0)


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
    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def download(self, url: str, sha256: Sha256, to: Path) -> None:
        """Stream an object into a file and check its digest. Raises StorageFailedError; leaves no half file under ``to``."""
        part = to.with_name(f"{to.name}.part-{id(self):x}")
        try:
            digest = await self._stream_to(url, part)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        if digest != sha256:
            part.unlink()
            raise StorageFailedError(f"the object store gave other bytes than {sha256}")
        part.rename(to)

    @_patiently
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
            raise StorageFailedError(f"download failed: {_without_url(error)}") from error
        return digest.hexdigest()

    @_patiently
    async def upload(self, url: str, upload: Upload) -> None:
        """Raises StorageFailedError."""
        try:
            response = await self._client.put(
                url, content=_chunks(upload.path), headers={"Content-Length": str(upload.artifact.size)}
            )
            response.raise_for_status()
        except (httpx2.HTTPError, OSError) as error:
            raise StorageFailedError(f"upload of {upload.artifact.name} failed: {_without_url(error)}") from error


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


def _without_url(error: Exception) -> str:
    """A presigned URL is a secret: it must not get into logs."""
    if isinstance(error, httpx2.HTTPStatusError):
        return f"status {error.response.status_code}"
    return type(error).__name__
