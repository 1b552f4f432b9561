from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from infra.embedded.notify import NotifySocket
from tests.integration.api.user import User


@pytest.fixture
async def process(stack: dict[str, str], unused_port: int, tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """``python -m api``, ready."""
    log = tmp_path / "log"
    async with NotifySocket(lambda _: None) as notify:
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-W", "error", "-m", "api"),
                env={**stack, "MGEPROF_API_PORT": str(unused_port), "NOTIFY_SOCKET": notify.address},
                stderr=written,
            )
        ready, ended = asyncio.create_task(notify.ready.wait()), asyncio.create_task(process.wait())
        await asyncio.wait({ready, ended}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        assert ready.done(), log.read_text()
        yield process
        if process.returncode is None:
            process.kill()
        await ended


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_process_ends_when_told_also_with_open_streams(
    process: asyncio.subprocess.Process, number: signal.Signals, unused_port: int, token: str, user: User
) -> None:
    task = await user.submit()
    url = f"http://127.0.0.1:{unused_port}/api/v1/tasks/{task['id']}/live"
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=20) as client,
        client.stream("GET", url) as response,
    ):
        messages = aiter(httpx2.EventSource(response))
        assert (await anext(messages)).event == "event"
        process.send_signal(number)
        assert [message async for message in messages] == []
    assert await asyncio.wait_for(process.wait(), 20) == 0
