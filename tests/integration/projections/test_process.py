"""``python -m projections`` as its supervisor starts it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.events import task
from core.events.ids import Platform
from core.events.subjects import task_key
from infra.embedded.notify import NotifySocket
from infra.embedded.services import Services
from projections.position import Position
from tests.integration.projections.conftest import Fill
from tests.unit.projections.facts import TASKS, recorded, submitted

TASK = task_key(Platform.X86, TASKS[0])


@asynccontextmanager
async def started(broker: Services, database_url: str, notify: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
    known = {**os.environ, **broker.environment, "MGEPROF_DATABASE_URL": database_url, "NOTIFY_SOCKET": notify}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "projections", env=known, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_it_says_ready_projects_and_ends_on_sigterm(broker: Services, database_url: str, fill: Fill) -> None:
    async with NotifySocket(lambda _: None) as notify, started(broker, database_url, notify.address) as process:
        await asyncio.wait_for(notify.ready.wait(), 30)
        last = await fill([recorded(1, TASK, submitted())])
        async with Position(database_url) as position:
            assert await position.reached(last, 30)
        process.terminate()
        _, said = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, said.decode()
    lines = [json.loads(line) for line in said.splitlines()]
    assert all(line["process"] == "projector" and line["action"] for line in lines)


async def test_it_ends_loudly_on_an_event_that_it_cannot_apply(broker: Services, database_url: str, fill: Fill) -> None:
    await fill([recorded(1, TASK, task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED))])
    async with started(broker, database_url) as process:
        _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    last = json.loads(said.splitlines()[-1])
    assert last["action"] == "projection_stopped"
    assert "event 1 (task.queued" in last["fault"]
