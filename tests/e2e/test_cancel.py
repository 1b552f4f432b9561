"""Giving up what waits and what runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from client.client import Client
from client.live import Phase
from infra.embedded.stack import Stack
from tests.e2e.processes import engines_of
from tests.e2e.user import CommandLine, User
from tests.integration.api.user import Json

pytestmark = pytest.mark.engine

# Minutes of work: whoever asks for it does not mean to wait.
ENDLESS = 100_000


@asynccontextmanager
async def engine_at_work(stack: Stack, client: Client, task_id: str) -> AsyncIterator[int]:
    """While the task is being timed: its engine's process. Afterwards the task is given up, whatever happened."""
    try:
        async for item in client.follow(task_id):
            if isinstance(item, Phase) and item.phase == "timing":
                break
        # The only runner takes one task at a time, so whatever engine there is works on this one.
        [engine] = engines_of(stack.home.path)
        yield engine
    finally:
        if not (await client.task(task_id)).ended:
            await client.cancel(task_id)


async def test_cancelling_what_runs_and_what_waits(
    stack: Stack, mgeprof: CommandLine, user: User, client: Client, by_api: dict[str, Json]
) -> None:
    runner = stack.keepers["runner"].pid
    model, data = by_api["resnet"]["model"]["id"], by_api["resnet"]["inputs"]["data"]["id"]
    submit = partial(client.submit, model, inputs={"data": data}, platform="x86", engine="1.13.0")
    running = await submit(options={"iterations": ENDLESS})
    async with engine_at_work(stack, client, running.id) as engine:
        waiting, next_in_line = await submit(), await submit()
        page = await client.tasks({"state": ["submitted", "queued"], "sort": "submitted_at"})
        assert [task.id for task in page.items] == [waiting.id, next_in_line.id]

        waits = asyncio.create_task(client.wait(waiting.id))
        cancelled = await mgeprof("cancel", waiting.id, "--json")
        assert (cancelled.code, cancelled.json["state"], cancelled.json["attempts"]) == (0, "cancelled", [])
        assert (await waits).state == "cancelled"

        follower = await mgeprof.start("logs", "-f", running.id)
        assert follower.stdout is not None
        first_line = await follower.stdout.readline()
        cancelling = await mgeprof("cancel", running.id, "--json")
        assert (cancelling.code, cancelling.json["state"]) == (0, "cancelling")
        ended = await user.ended(running.id)
        assert (ended["state"], ended["attempts"][0]["outcome"]) == ("cancelled", "cancelled")
        assert not Path(f"/proc/{engine}").exists()
        rest, _ = await follower.communicate()
        assert "MegEngine works under CPU mode" in (first_line + rest).decode()
        assert follower.returncode == 0

    assert (await user.ended(next_in_line.id))["state"] == "completed"
    assert stack.keepers["runner"].pid == runner
    too_late = await mgeprof("cancel", next_in_line.id)
    assert too_late.code == 1
    assert "task_ended" in too_late.err
