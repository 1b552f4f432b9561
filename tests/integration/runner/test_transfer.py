import asyncio
import traceback
from http import HTTPStatus
from pathlib import Path

import httpx2
import pytest
import structlog

from runner.transfer import StorageFailedError, Transfer, prepare
from tests.integration.runner.objects import SECRET, Fault, Objects

pytestmark = pytest.mark.usefixtures("impatient")

BODY = b"0123456789" * 300_000
TRIES = 5
PASSING: list[Fault | HTTPStatus] = [
    Fault.RESET,
    Fault.CUT,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
]


async def test_a_file_arrives_whole_under_its_name(objects: Objects, transfer: Transfer, tmp_path: Path) -> None:
    digest, url = objects.holding(BODY)
    await transfer.download(url, digest, tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model").read_bytes() == BODY


@pytest.mark.parametrize("fault", PASSING)
async def test_what_passes_is_tried_again(
    objects: Objects, transfer: Transfer, tmp_path: Path, fault: Fault | HTTPStatus
) -> None:
    digest, url = objects.holding(BODY)
    objects.faults = [fault] * (TRIES - 1)
    await transfer.download(url, digest, tmp_path / "model")
    assert (tmp_path / "model").read_bytes() == BODY
    objects.faults = [fault] * (TRIES - 1)
    await transfer.upload(objects.url("log"), prepare("log.txt", tmp_path / "model"))
    assert objects.bodies["log"] == BODY
    assert len(objects.requests) == 2 * TRIES


@pytest.mark.parametrize("fault", PASSING)
async def test_what_does_not_pass_fails_and_leaves_no_half_file(
    objects: Objects, transfer: Transfer, tmp_path: Path, fault: Fault | HTTPStatus
) -> None:
    digest, url = objects.holding(BODY)
    objects.faults = [fault] * TRIES
    with pytest.raises(StorageFailedError):
        await transfer.download(url, digest, tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND])
async def test_a_refusal_is_not_asked_for_again(
    objects: Objects, transfer: Transfer, tmp_path: Path, status: HTTPStatus
) -> None:
    """A URL that has expired will not be valid a second later."""
    digest, url = objects.holding(BODY)
    objects.faults = [status] * TRIES
    with pytest.raises(StorageFailedError, match=str(status.value)):
        await transfer.download(url, digest, tmp_path / "model")
    (tmp_path / "log").write_bytes(b"a log")
    with pytest.raises(StorageFailedError, match=r"log\.txt.*" + str(status.value)):
        await transfer.upload(objects.url("log"), prepare("log.txt", tmp_path / "log"))
    assert len(objects.requests) == 2
    assert "log" not in objects.bodies


async def test_other_bytes_than_were_asked_for_are_not_kept(
    objects: Objects, transfer: Transfer, tmp_path: Path
) -> None:
    _digest, url = objects.holding(BODY)
    (tmp_path / "model").write_bytes(b"what was there before")
    with pytest.raises(StorageFailedError, match="other bytes"):
        await transfer.download(url, "e" * 64, tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model").read_bytes() == b"what was there before"


async def test_a_cancelled_download_leaves_no_half_file(objects: Objects, transfer: Transfer, tmp_path: Path) -> None:
    digest, url = objects.holding(BODY)
    objects.gate.clear()
    download = asyncio.create_task(transfer.download(url, digest, tmp_path / "model"))
    await objects.asked.wait()
    download.cancel()
    with pytest.raises(asyncio.CancelledError):
        await download
    assert list(tmp_path.iterdir()) == []


async def test_nobody_listens_there(transfer: Transfer, tmp_path: Path, unused_tcp_port: int) -> None:
    with pytest.raises(StorageFailedError, match="ConnectError"):
        await transfer.download(f"http://127.0.0.1:{unused_tcp_port}/x?{SECRET}", "e" * 64, tmp_path / "model")


@pytest.mark.parametrize("fault", [*PASSING, HTTPStatus.FORBIDDEN])
async def test_a_presigned_url_gets_into_no_log_and_no_error(
    objects: Objects, transfer: Transfer, tmp_path: Path, fault: Fault | HTTPStatus
) -> None:
    digest, url = objects.holding(BODY)
    (tmp_path / "log").write_bytes(b"a log")
    upload = prepare("log.txt", tmp_path / "log")
    told: list[str] = []
    with structlog.testing.capture_logs() as logged:
        for step in (transfer.download(url, digest, tmp_path / "model"), transfer.upload(url, upload)):
            objects.faults = [fault] * TRIES
            with pytest.raises(StorageFailedError) as failed:
                await step
            told += traceback.format_exception(failed.value)
    assert SECRET not in f"{told}{logged}"
    assert digest not in f"{logged}"


async def test_a_store_that_never_comes_to_an_end_is_given_up(objects: Objects, tmp_path: Path) -> None:
    digest, url = objects.holding(BODY)
    objects.gate.clear()
    (tmp_path / "log.txt").write_bytes(b"words")
    async with httpx2.AsyncClient() as client:
        hurried = Transfer(client, longest_s=0.2)
        with pytest.raises(StorageFailedError, match=r"download took longer than 0\.2 seconds"):
            await hurried.download(url, digest, tmp_path / "model")
        with pytest.raises(StorageFailedError, match=r"upload of log\.txt took longer") as failed:
            await hurried.upload(objects.url("log"), prepare("log.txt", tmp_path / "log.txt"))
    assert SECRET not in "".join(traceback.format_exception(failed.value))
    assert [path.name for path in tmp_path.iterdir()] == ["log.txt"]
