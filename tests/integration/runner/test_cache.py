import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from runner.cache import Cache
from runner.transfer import StorageFailedError, Transfer
from tests.integration.runner.objects import Objects

LARGE = 10**9


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _kept(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _used_at(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


async def test_a_file_is_downloaded_once_and_found_after_a_restart(
    objects: Objects, transfer: Transfer, folder: Path
) -> None:
    digest, url = objects.holding(b"model")
    for _ in range(2):
        async with Cache(folder, transfer, LARGE).file(digest, url) as path:
            assert path.read_bytes() == b"model"
    assert objects.requests == [f"GET {digest}"]


async def test_those_that_want_the_same_file_at_once_download_it_once(
    objects: Objects, transfer: Transfer, folder: Path
) -> None:
    cache, (digest, url) = Cache(folder, transfer, LARGE), objects.holding(b"model")

    async def use() -> bytes:
        async with cache.file(digest, url) as path:
            return path.read_bytes()

    assert await asyncio.gather(*(use() for _ in range(20))) == [b"model"] * 20
    assert objects.requests == [f"GET {digest}"]


async def test_who_waits_for_a_cancelled_download_makes_it_anew(
    objects: Objects, transfer: Transfer, folder: Path
) -> None:
    cache, (digest, url) = Cache(folder, transfer, LARGE), objects.holding(b"model")

    async def use() -> bytes:
        async with cache.file(digest, url) as path:
            return path.read_bytes()

    objects.gate.clear()
    first, second = asyncio.create_task(use()), asyncio.create_task(use())
    await objects.asked.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    objects.gate.set()
    assert await second == b"model"
    assert _kept(folder) == {digest}


async def test_a_file_that_was_changed_is_downloaded_again(objects: Objects, transfer: Transfer, folder: Path) -> None:
    cache, (digest, url) = Cache(folder, transfer, LARGE), objects.holding(b"model")
    async with cache.file(digest, url) as path:
        path.write_bytes(b"MODEL")
    async with cache.file(digest, url) as path:
        assert path.read_bytes() == b"model"


@pytest.mark.usefixtures("impatient")
async def test_what_cannot_be_downloaded_leaves_nothing_and_can_be_asked_for_again(
    objects: Objects, transfer: Transfer, folder: Path
) -> None:
    cache, (digest, url) = Cache(folder, transfer, LARGE), objects.holding(b"model")
    body = objects.bodies.pop(digest)
    with pytest.raises(StorageFailedError):
        async with cache.file(digest, url):
            pass
    assert _kept(folder) == set()
    objects.bodies[digest] = body
    async with cache.file(digest, url) as path:
        assert path.read_bytes() == b"model"


async def test_what_was_not_used_for_longest_goes_first(objects: Objects, transfer: Transfer, folder: Path) -> None:
    cache = Cache(folder, transfer, 25)
    digests = []
    for number in range(3):
        digest, url = objects.holding(bytes([number]) * 10)
        async with cache.file(digest, url):
            pass
        digests.append(digest)
        if number < 2:
            _used_at(folder / digest, 100 - number)  # the second was used before the first
    assert _kept(folder) == {digests[0], digests[2]}


async def test_what_is_in_use_stays_however_little_may_be_held(
    objects: Objects, transfer: Transfer, folder: Path
) -> None:
    cache = Cache(folder, transfer, 0)
    used, unused = objects.holding(b"in use"), objects.holding(b"not in use")
    async with cache.file(*used) as path:
        _used_at(path, 1)
        async with cache.file(*unused):
            pass
        assert _kept(folder) == {used[0]}
    assert _kept(folder) == set()


async def test_many_users_with_little_room_never_miss_a_file(
    objects: Objects, transfer: Transfer, folder: Path
) -> None:
    """Each ends while others download, use and evict."""
    cache = Cache(folder, transfer, 0)
    files = [objects.holding(bytes([number]) * 1000) for number in range(4)]

    async def use(number: int) -> None:
        for turn in range(25):
            digest, url = files[(number + turn) % len(files)]
            async with cache.file(digest, url) as path:
                await asyncio.sleep(0)
                assert path.read_bytes() == objects.bodies[digest]

    await asyncio.gather(*(use(number) for number in range(8)))


async def test_an_engine_that_fails_lets_go_of_its_files(objects: Objects, transfer: Transfer, folder: Path) -> None:
    cache = Cache(folder, transfer, 0)

    async def use_and_fail() -> None:
        async with AsyncExitStack() as files:
            for number in range(3):
                await files.enter_async_context(cache.file(*objects.holding(bytes([number]))))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await use_and_fail()
    assert _kept(folder) == set()


def test_half_files_of_an_earlier_run_are_removed(transfer: Transfer, folder: Path) -> None:
    folder.mkdir()
    (folder / f"{'a' * 64}.part-7f").write_bytes(b"half")
    Cache(folder, transfer, LARGE)
    assert _kept(folder) == set()
