"""Uploads in parts, that go on where an earlier one broke off."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from client.errors import FileChangedError, ProblemError
from client.http import Http
from client.models import Upload

PARALLEL_PARTS = 3
HASH_BYTES = 4 << 20
SEND_BYTES = 256 << 10
# The server reads all parts once before it answers.
COMPLETE_WITHIN_S = 600.0

Kind = Literal["model", "input"]
Step = Literal["hashing", "sending"]
Watch = Callable[[Step, int, int], None]
"""Called with the step, the bytes done, and all bytes."""


@dataclass(frozen=True)
class Digest:
    """``size`` in bytes, ``sha256`` in hex."""

    sha256: str
    size: int


def unwatched(step: Step, done: int, total: int) -> None:
    """For those who do not look."""


async def digest(path: Path, watch: Watch = unwatched) -> Digest:
    """Read a file once through SHA-256, off the event loop.

    Raises:
        OSError: when the file cannot be read.
    """
    sha256, done = hashlib.sha256(), 0
    with await asyncio.to_thread(path.open, "rb") as file:
        total = os.fstat(file.fileno()).st_size
        while chunk := await asyncio.to_thread(file.read, HASH_BYTES):
            await asyncio.to_thread(sha256.update, chunk)
            done += len(chunk)
            watch("hashing", done, max(total, done))
    return Digest(sha256.hexdigest(), done)


async def upload_file(http: Http, kind: Kind, path: Path, watch: Watch = unwatched) -> str:
    """Bring a file to the server; gives the id of the model or input that it became.

    Bytes that the server has from this caller are not sent again: neither a whole file, nor the parts of an upload of the same
    file that broke off, even when another process began it.

    Raises:
        FileChangedError: the file changed meanwhile.
        ProblemError: the server refuses the file.
        NoAnswerError: no server answers.
    """
    known = await digest(path, watch)
    body = {"kind": kind, "filename": path.name, "size": known.size, "sha256": known.sha256}
    upload = Upload.read(await http.post("/uploads", body))
    if upload.state != "complete":
        upload = await _send_all(http, upload, path, known.size, watch)
    watch("sending", known.size, known.size)
    if upload.resource_id is None:
        raise RuntimeError(f"the server completed upload {upload.id} without saying what it became")
    return upload.resource_id


async def _send_all(http: Http, upload: Upload, path: Path, size: int, watch: Watch) -> Upload:
    sending = _Sending(http, path, size, watch)
    here = frozenset(upload.parts_done)
    try:
        await sending.parts(upload, here)
        return await _complete(http, upload.id)
    except ProblemError as error:
        match error.code:
            case "upload_complete":
                # Another process was sending the same file, and was first.
                return Upload.read(await http.get(f"/uploads/{upload.id}"))
            case "digest_mismatch":
                if (await digest(path)).sha256 != upload.sha256:
                    raise FileChangedError(path) from error
                # Parts of the earlier try, or what came over the wire, are not this file's.
                here = frozenset()
            case "missing_parts":
                here = frozenset(Upload.read(await http.get(f"/uploads/{upload.id}")).parts_done)
            case _:
                raise
    await sending.parts(upload, here)
    return await _complete(http, upload.id)


async def _complete(http: Http, upload_id: str) -> Upload:
    return Upload.read(await http.post(f"/uploads/{upload_id}/complete", timeout_s=COMPLETE_WITHIN_S))


class _Sending:
    """Sends the parts of one file, a few at a time, and tells how far it is."""

    def __init__(self, http: Http, path: Path, size: int, watch: Watch) -> None:
        self._http, self._path, self._size, self._watch = http, path, size, watch
        self._sent: dict[int, int] = {}

    async def parts(self, upload: Upload, here: frozenset[int]) -> None:
        """Send all parts but those that are ``here``.

        Raises:
            ClientError: of the first part that failed; the others are given up.
        """
        self._sent = {n: self._span(upload, n)[1] for n in here}
        missing = iter([n for n in range(1, upload.parts_total + 1) if n not in here])
        self._tell()
        try:
            with await asyncio.to_thread(self._path.open, "rb") as file:
                async with asyncio.TaskGroup() as group:
                    for _ in range(PARALLEL_PARTS):
                        group.create_task(self._send_each(upload, missing, file.fileno()))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from errors

    async def _send_each(self, upload: Upload, missing: Iterator[int], file: int) -> None:
        for n in missing:
            begin, size = self._span(upload, n)
            content = partial(self._content, file, n, begin, size)
            await self._http.put(f"/uploads/{upload.id}/parts/{n}", content, size)

    async def _content(self, file: int, n: int, begin: int, size: int) -> AsyncIterator[bytes]:
        self._sent[n] = 0
        while self._sent[n] < size:
            at = begin + self._sent[n]
            chunk = await asyncio.to_thread(os.pread, file, min(SEND_BYTES, size - self._sent[n]), at)
            if not chunk:
                raise FileChangedError(self._path)
            yield chunk
            self._sent[n] += len(chunk)
            self._tell()

    def _span(self, upload: Upload, n: int) -> tuple[int, int]:
        """Where part ``n`` begins and how many bytes it has."""
        begin = (n - 1) * upload.part_size
        return begin, min(upload.part_size, self._size - begin)

    def _tell(self) -> None:
        self._watch("sending", sum(self._sent.values()), self._size)
