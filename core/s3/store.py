"""Putting, getting and signing objects, through one long-lived client per process."""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import aioboto3
from aiobotocore.config import AioConfig
from botocore.exceptions import ClientError

from core.events.ids import Sha256
from core.s3 import keys
from core.s3.body import ObjectBody
from core.s3.errors import DigestMismatchError, ObjectMissingError, StorageUnavailableError, in_words_of_ours
from core.s3.settings import S3Settings
from core.s3.writer import ObjectWriter

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client

_BUCKET_IS_THERE = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


@dataclass(frozen=True)
class ObjectInfo:
    """``size`` in bytes. Content type and metadata are not asked for: not every server keeps them."""

    key: str
    size: int


@dataclass(frozen=True)
class Written:
    size: int
    sha256: Sha256


class ObjectStore:
    """One bucket. Every method raises StorageUnavailableError when the store does not answer."""

    def __init__(self, bucket: str, client: "S3Client", runner_client: "S3Client") -> None:
        self._bucket, self._client, self._runner_client = bucket, client, runner_client

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: S3Settings) -> "AsyncIterator[ObjectStore]":
        """Nothing is sent yet: a store that is down shows at the first call."""
        session = aioboto3.Session(
            aws_access_key_id=settings.access_key.get_secret_value(),
            aws_secret_access_key=settings.secret_key.get_secret_value(),
            region_name=settings.region,
        )
        config = _config(settings)
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(
                session.client("s3", endpoint_url=settings.endpoint, config=config)
            )
            runner_client = client
            if settings.runner_endpoint and settings.runner_endpoint != settings.endpoint:
                runner_client = await stack.enter_async_context(
                    session.client("s3", endpoint_url=settings.runner_endpoint, config=config)
                )
            yield cls(settings.bucket, client, runner_client)

    @property
    def runner_address(self) -> str:
        """Where runners find it."""
        return str(self._runner_client.meta.endpoint_url)

    async def ensure_bucket(self, *, timeout_s: float = 60.0) -> None:
        """Make the bucket if it is not there, waiting for a store that is starting."""
        deadline = monotonic() + timeout_s
        while True:
            try:
                return await self._make_bucket()
            except StorageUnavailableError:
                if monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)

    async def _make_bucket(self) -> None:
        try:
            await self.check()
        except ObjectMissingError:
            with in_words_of_ours(self._bucket):
                try:
                    await self._client.create_bucket(Bucket=self._bucket)
                except ClientError as error:
                    if error.response["Error"]["Code"] not in _BUCKET_IS_THERE:  # another process was faster
                        raise

    async def check(self) -> None:
        """Whether the store answers and the bucket is there. Raises ObjectMissingError when the bucket is missing."""
        with in_words_of_ours(self._bucket):
            await self._client.head_bucket(Bucket=self._bucket)

    async def put_bytes(self, key: str, data: bytes) -> None:
        with in_words_of_ours(key):
            await self._client.put_object(Bucket=self._bucket, Key=key, Body=data)

    async def put_stream(self, key: str, chunks: AsyncIterable[bytes], *, sha256: Sha256 | None = None) -> Written:
        """Store bytes as they come, with at most one part (8 MiB) in memory; nothing stands before all have come.

        Raises DigestMismatchError when they are not the bytes with the given digest, and whatever ``chunks`` raises.
        """
        writer = ObjectWriter(self._client, self._bucket, key)
        try:
            async for chunk in chunks:
                await writer.write(chunk)
            _check(sha256, writer.sha256)
            await writer.commit()
        except BaseException:
            with suppress(StorageUnavailableError, ObjectMissingError):  # the first error is the one to tell
                await writer.abort()
            raise
        return Written(writer.size, writer.sha256)

    async def put_content(self, prefix: keys.Content, parts: Sequence[str], sha256: Sha256, size: int) -> str:
        """Join part objects, in their order, to ``<prefix>/<sha256>/file``; the parts stay. Gives the key.

        The parts are read once and always through SHA-256, also when the content is there already: whoever announces a digest
        has to bring the bytes. Raises DigestMismatchError, and ObjectMissingError when a part is gone.
        """
        key = keys.content(prefix, sha256)
        present = await self.head(key)
        if present is not None and present.size == size:
            await self.verify(parts, sha256)
        else:
            await self.put_stream(key, self._joined(parts), sha256=sha256)
        return key

    async def verify(self, parts: Sequence[str], sha256: Sha256) -> None:
        """Raises DigestMismatchError unless the objects, joined in their order, have this digest; ObjectMissingError."""
        _check(sha256, await _digest(self._joined(parts)))

    async def _joined(self, parts: Sequence[str]) -> AsyncIterator[bytes]:
        for part in parts:
            async for chunk in (await self.get(part)).chunks():
                yield chunk

    async def get(self, key: str) -> ObjectBody:
        """Raises ObjectMissingError."""
        with in_words_of_ours(key):
            answer = await self._client.get_object(Bucket=self._bucket, Key=key)
        return ObjectBody(key, answer["ContentLength"], answer["Body"])

    async def read_bytes(self, key: str, *, most: int | None = None) -> bytes:
        """A whole object, or its first ``most`` bytes: for small things only. Raises ObjectMissingError."""
        body = await self.get(key)
        return b"".join([chunk async for chunk in body.chunks(most)])

    async def head(self, key: str) -> ObjectInfo | None:
        """None when there is no such object."""
        try:
            with in_words_of_ours(key):
                answer = await self._client.head_object(Bucket=self._bucket, Key=key)
        except ObjectMissingError:
            return None
        return ObjectInfo(key, answer["ContentLength"])

    async def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Objects whose keys begin with a prefix (end it in ``/``)."""
        with in_words_of_ours(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            async for page in pages:
                for entry in page.get("Contents", []):
                    yield ObjectInfo(entry["Key"], entry["Size"])

    async def delete(self, key: str) -> None:
        """An object that is not there is deleted already."""
        with suppress(ObjectMissingError), in_words_of_ours(key):
            await self._client.delete_object(Bucket=self._bucket, Key=key)

    async def presign_get(self, key: str, expires_s: int) -> str:
        """A URL through which anybody may get the object, at the address that runners see."""
        return await self._runner_client.generate_presigned_url(
            "get_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=expires_s
        )

    async def presign_put(self, key: str, expires_s: int) -> str:
        """A URL through which anybody may put the object, at the address that runners see."""
        return await self._runner_client.generate_presigned_url(
            "put_object", Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=expires_s
        )


def _check(announced: Sha256 | None, actual: Sha256) -> None:
    if announced is not None and announced != actual:
        raise DigestMismatchError(expected=announced, actual=actual)


async def _digest(chunks: AsyncIterable[bytes]) -> Sha256:
    digest = hashlib.sha256()
    async for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _config(settings: S3Settings) -> AioConfig:
    return AioConfig(
        signature_version="s3v4",  # without it presigned URLs are refused
        connect_timeout=settings.connect_timeout_s,
        read_timeout=settings.read_timeout_s,
        max_pool_connections=settings.connections,
        retries={"max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": "path"},
        # The newer default makes ranged and streamed answers of other servers than Amazon's fail.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
