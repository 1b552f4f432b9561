import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from core.events.ids import TaskId
from core.protocol.live import LiveMessage
from runner.attempt import Attempt, Device
from runner.engine.spares import Spares
from tests.unit.runner.orders import order


class BusyLink:
    """Nobody answers, and showing takes its time."""

    def __init__(self) -> None:
        self.showing = asyncio.Event()
        self.may_go_on = asyncio.Event()

    async def call(self, *_request: object) -> None:
        await asyncio.Event().wait()

    async def show(self, _task: TaskId, _message: LiveMessage) -> None:
        self.showing.set()
        await self.may_go_on.wait()


async def test_an_attempt_that_is_stopped_twice_leaves_no_files(tmp_path: Path) -> None:
    """Each beat says stop again until the attempt is out of the beats."""
    link = BusyLink()
    device = SimpleNamespace(link=link, scratch=tmp_path, spares=Spares(tmp_path / "spares", []))
    attempt = asyncio.create_task(Attempt(cast(Device, device), order()).run())
    await link.showing.wait()
    assert list(tmp_path.iterdir()) != []
    for _ in range(3):
        attempt.cancel()
        await asyncio.sleep(0)
    link.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert list(tmp_path.iterdir()) == []
