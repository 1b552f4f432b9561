import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.process import cancel_all, notify, notify_ready, run_until, stop_on_signals, unless_stopped

LIBRARY = """
import logging
from core.process import configure_logging
configure_logging("api")
logging.getLogger("asyncio").info("not worth a word")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("asyncio").exception("lost %d", 3)
"""


class Defect(Exception):  # noqa: N818 - named after the fact
    pass


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _fail() -> None:
    await asyncio.sleep(0)
    raise Defect


async def _swallow_the_first_cancellation() -> None:
    try:
        await _for_ever()
    except asyncio.CancelledError:
        await _for_ever()


async def test_all_are_cancelled_when_it_is_time_to_stop() -> None:
    stop, tasks = asyncio.Event(), [asyncio.create_task(_for_ever()) for _ in range(3)]
    asyncio.get_running_loop().call_later(0.01, stop.set)
    await run_until(stop, *tasks)
    assert all(task.cancelled() for task in tasks)


async def test_one_that_fails_ends_all_and_its_error_is_raised() -> None:
    other = asyncio.create_task(_for_ever())
    with pytest.raises(Defect):
        await run_until(asyncio.Event(), asyncio.create_task(_fail()), other)
    assert other.cancelled()


async def test_one_that_returns_ends_all() -> None:
    other = asyncio.create_task(_for_ever())
    await run_until(asyncio.Event(), asyncio.create_task(asyncio.sleep(0)), other)
    assert other.cancelled()


async def test_one_that_swallows_a_cancellation_is_cancelled_again() -> None:
    stubborn = asyncio.create_task(_swallow_the_first_cancellation())
    await asyncio.sleep(0)
    await cancel_all([stubborn])
    assert stubborn.cancelled()


async def test_an_error_on_the_way_out_is_looked_at() -> None:
    async def fail_when_cancelled() -> None:
        try:
            await _for_ever()
        finally:
            raise Defect

    task = asyncio.create_task(fail_when_cancelled())
    await asyncio.sleep(0)
    await cancel_all([task])
    assert isinstance(task.exception(), Defect)


async def test_start_up_gives_what_it_made() -> None:
    assert await unless_stopped(asyncio.Event(), asyncio.sleep(0, "made")) == "made"


async def test_start_up_that_fails_says_so() -> None:
    with pytest.raises(Defect):
        await unless_stopped(asyncio.Event(), _fail())


async def test_start_up_is_broken_off_when_it_is_time_to_stop() -> None:
    stop, cleaned = asyncio.Event(), asyncio.Event()

    async def start_up() -> str:
        try:
            await _for_ever()
        finally:
            cleaned.set()
        return "made"

    asyncio.get_running_loop().call_later(0.01, stop.set)
    assert await unless_stopped(stop, start_up()) is None
    assert cleaned.is_set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_is_a_wish_to_stop(number: signal.Signals) -> None:
    stop = stop_on_signals()
    try:
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await stop.wait()
    finally:
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(one)


@pytest.mark.parametrize("address", ["@mgeprof-test-{pid}", "{folder}/notify"])
def test_the_supervisor_hears_through_either_kind_of_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    address = address.format(pid=os.getpid(), folder=tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind("\0" + address[1:] if address.startswith("@") else address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        notify_ready()
        notify("STATUS=standing by")
        assert [supervisor.recv(100), supervisor.recv(100)] == [b"READY=1", b"STATUS=standing by"]


def test_without_a_supervisor_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_ready()


def test_what_libraries_log_looks_like_ours() -> None:
    said = subprocess.run(
        [sys.executable, "-c", LIBRARY], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )
    [line] = map(json.loads, said.stderr.splitlines())
    assert (line["process"], line["level"], line["event"]) == ("api", "error", "lost 3")
    assert "ZeroDivisionError" in line["exception"]
