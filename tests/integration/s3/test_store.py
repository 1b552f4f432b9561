from __future__ import annotations

import hashlib
import random
from collections.abc import AsyncIterator

import httpx2
import pytest

from core.s3 import keys
from core.s3.errors import DigestMismatchError, ObjectMissingError, StorageUnavailableError
from core.s3.settings import S3Settings
from core.s3.store import ObjectStore
from core.s3.writer import PART


def some_bytes(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


async def in_chunks(data: bytes, size: int = 300_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def names(store: ObjectStore, prefix: str) -> list[str]:
    return sorted([entry.key async for entry in store.list(prefix)])


async def test_bytes_come_back_as_they_were_put(store: ObjectStore) -> None:
    await store.put_bytes("models/one/file", b"some bytes")
    assert await store.read_bytes("models/one/file") == b"some bytes"
    assert await store.read_bytes("models/one/file", most=4) == b"some"


async def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    await store.put_stream("models/empty/file", in_chunks(b""))
    info = await store.head("models/empty/file")
    assert info is not None
    assert info.size == 0
    assert await store.read_bytes("models/empty/file") == b""


@pytest.mark.parametrize("size", [1, PART, PART + 1, 2 * PART + 12_345])
async def test_streams_of_any_size_are_stored_whole(store: ObjectStore, size: int) -> None:
    data = some_bytes(size)
    written = await store.put_stream("inputs/x/file", in_chunks(data))
    assert (written.size, written.sha256) == (size, sha256(data))
    body = await store.get("inputs/x/file")
    assert body.size == size
    assert b"".join([chunk async for chunk in body.chunks()]) == data


async def test_what_is_missing_is_named(store: ObjectStore) -> None:
    assert await store.head("models/none/file") is None
    with pytest.raises(ObjectMissingError, match="models/none/file"):
        await store.get("models/none/file")


async def test_deleting_twice_is_deleting(store: ObjectStore) -> None:
    await store.put_bytes("uploads/a/1/file", b"1")
    await store.put_bytes("uploads/a/2/file", b"2")
    assert await names(store, "uploads/a/") == ["uploads/a/1/file", "uploads/a/2/file"]
    for _ in range(2):
        await store.delete("uploads/a/1/file")
    assert await names(store, "uploads/a/") == ["uploads/a/2/file"]


async def put_parts(store: ObjectStore, data: bytes, size: int = PART) -> list[str]:
    parts = []
    for number, start in enumerate(range(0, len(data), size), start=1):
        parts.append(f"uploads/u/{number}/file")
        await store.put_bytes(parts[-1], data[start : start + size])
    return parts


async def test_parts_become_one_object_under_their_digest(store: ObjectStore) -> None:
    data = some_bytes(2 * PART + 77)
    parts = await put_parts(store, data)
    key = await store.put_content(keys.Content.MODELS, parts, sha256(data), len(data))
    assert key == keys.model(sha256(data))
    assert await store.read_bytes(key) == data
    assert await store.put_content(keys.Content.MODELS, parts, sha256(data), len(data)) == key


async def test_a_mismatch_stores_nothing_and_keeps_the_parts(store: ObjectStore) -> None:
    data, other = some_bytes(PART + 5), some_bytes(PART + 5, seed=1)
    parts = await put_parts(store, data)
    with pytest.raises(DigestMismatchError) as caught:
        await store.put_content(keys.Content.MODELS, parts, sha256(other), len(other))
    assert (caught.value.expected, caught.value.actual) == (sha256(other), sha256(data))
    assert await store.head(keys.model(sha256(other))) is None
    assert await names(store, "models/") == []
    assert await names(store, "uploads/u/") == parts


async def test_a_digest_alone_does_not_give_the_content_that_is_there(store: ObjectStore) -> None:
    data, guess = some_bytes(1000), some_bytes(1000, seed=1)
    await store.put_bytes(keys.model(sha256(data)), data)
    parts = await put_parts(store, guess)
    with pytest.raises(DigestMismatchError):
        await store.put_content(keys.Content.MODELS, parts, sha256(data), len(data))


async def test_half_written_content_is_written_again(store: ObjectStore) -> None:
    data = some_bytes(1000)
    await store.put_bytes(keys.input_(sha256(data)), data[:400])
    parts = await put_parts(store, data)
    assert await store.read_bytes(await store.put_content(keys.Content.INPUTS, parts, sha256(data), 1000)) == data


async def test_a_missing_part_is_named(store: ObjectStore) -> None:
    data = some_bytes(10)
    parts = [*await put_parts(store, data), "uploads/u/2/file"]
    with pytest.raises(ObjectMissingError, match="uploads/u/2/file"):
        await store.put_content(keys.Content.MODELS, parts, sha256(data), len(data))


async def test_presigned_urls_need_no_credentials(store: ObjectStore) -> None:
    key = "artifacts/t/1-log.txt"
    async with httpx2.AsyncClient(trust_env=False) as anybody:
        put = await anybody.put(await store.presign_put(key, 60), content=b"a log")
        got = await anybody.get(await store.presign_get(key, 60))
        tampered = await anybody.get((await store.presign_get(key, 60)).replace("Signature=", "Signature=0"))
    assert put.status_code == 200
    assert (got.status_code, got.content) == (200, b"a log")
    assert tampered.status_code == 403
    assert await store.read_bytes(key) == b"a log"


async def test_runners_get_urls_at_the_address_that_they_see(s3_settings: S3Settings) -> None:
    settings = s3_settings.model_copy(update={"runner_endpoint": "http://s3.example:9000"})
    async with ObjectStore.open(settings) as store:
        url = await store.presign_get("models/a/file", 60)
    assert url.startswith(f"http://s3.example:9000/{settings.bucket}/models/a/file?")


async def test_a_bucket_is_made_once(store: ObjectStore) -> None:
    await store.ensure_bucket()
    await store.check()


async def test_a_store_that_is_down_is_unavailable(s3_settings: S3Settings, unused_tcp_port: int) -> None:
    settings = s3_settings.model_copy(update={"endpoint": f"http://127.0.0.1:{unused_tcp_port}"})
    async with ObjectStore.open(settings) as store:
        with pytest.raises(StorageUnavailableError):
            await store.read_bytes("models/a/file")
        with pytest.raises(StorageUnavailableError):
            await store.ensure_bucket(timeout_s=0)
