"""Writing an object of any size with one part of it in memory."""

import hashlib
from typing import TYPE_CHECKING

from core.s3.errors import in_words_of_ours

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_s3.type_defs import CompletedPartTypeDef

PART = 8 * 2**20
"""Bytes of one part of a multipart upload; S3 wants 5 MiB at the least."""


class ObjectWriter:
    """Nothing stands under the key before ``commit``. What fits into one part is put in one piece."""

    def __init__(self, client: "S3Client", bucket: str, key: str) -> None:
        self._client, self._bucket, self._key = client, bucket, key
        self._digest = hashlib.sha256()
        self._buffer = bytearray()
        self._upload: str | None = None
        self._parts: list[CompletedPartTypeDef] = []
        self.size = 0

    @property
    def sha256(self) -> str:
        """Digest of what was written so far."""
        return self._digest.hexdigest()

    async def write(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self._buffer += chunk
        self.size += len(chunk)
        while len(self._buffer) > PART:
            await self._send(bytes(self._buffer[:PART]))
            del self._buffer[:PART]

    async def commit(self) -> None:
        last = bytes(self._buffer)
        with in_words_of_ours(self._key):
            if self._upload is None:
                await self._client.put_object(Bucket=self._bucket, Key=self._key, Body=last)
                return
            await self._send(last)
            await self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload, MultipartUpload={"Parts": self._parts}
            )

    async def abort(self) -> None:
        """Give up what was sent; a store that has forgotten the upload has nothing to give up."""
        if self._upload is not None:
            with in_words_of_ours(self._key):
                await self._client.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=self._upload)

    async def _send(self, part: bytes) -> None:
        with in_words_of_ours(self._key):
            if self._upload is None:
                started = await self._client.create_multipart_upload(Bucket=self._bucket, Key=self._key)
                self._upload = started["UploadId"]
            number = len(self._parts) + 1
            sent = await self._client.upload_part(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload, PartNumber=number, Body=part
            )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
