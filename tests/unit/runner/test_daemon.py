"""What the beats say of an attempt whose order is not on disk yet."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from nats.aio.msg import Msg
from pydantic import BaseModel

from core.events.ids import Platform
from core.nats.edge import OrderMessage, RunnerLink
from core.protocol.calls import Beat, BeatAnswer, Hello
from core.protocol.orders import Report, Result, WorkOrder
from core.trace import Point
from runner.daemon import Daemon
from runner.spool import Spool
from tests.unit.domain.task_facts import completed
from tests.unit.domain.test_runner import DESCRIBED
from tests.unit.runner.orders import order


class Disk(Spool):
    """Nothing is on it before it is ``free``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.free = asyncio.Event()

    async def written(self) -> None:
        await self.free.wait()
        await super().written()


class Link:
    """What was said over it."""

    def __init__(self) -> None:
        self.beats: list[Beat] = []
        self.reports: list[Report] = []

    async def call(self, _method: str, beat: Beat, _answer: type[BaseModel]) -> BeatAnswer:
        self.beats.append(beat)
        return BeatAnswer()

    async def tell(self, _method: str, _message: BaseModel) -> None:
        """That there are free slots."""

    async def send_report(self, report: Report, _at: Point | None = None) -> None:
        self.reports.append(report)


class Work:
    """Of one attempt: begun, and over when it is told."""

    def __init__(self) -> None:
        self.begun, self.over = asyncio.Event(), asyncio.Event()

    async def work(self, order: WorkOrder) -> Result:
        self.begun.set()
        await self.over.wait()
        return completed(order.ref.attempt)

    async def keep(self) -> None:
        """Nothing has to be ready."""


class Message:
    headers = None
    acks = 0

    async def ack(self) -> None:
        self.acks += 1

    def times_acknowledged(self) -> int:
        return self.acks


class Runner:
    """A daemon to which one order comes while the disk is busy."""

    def __init__(self, folder: Path) -> None:
        self.link, self.work, self.disk, self.message = Link(), Work(), Disk(folder), Message()
        hello = Hello(platform=Platform.X86, description=DESCRIBED)
        self.daemon = Daemon(cast(RunnerLink, self.link), self.work, self.disk, hello, beat_s=10)
        self.order = order()
        message = OrderMessage(self.order.ref, self.order, cast(Msg, self.message))
        self.taking = asyncio.create_task(self.daemon._take(message))

    async def told(self) -> Beat:
        """The next beat."""
        await self.daemon._beat_once()
        return self.link.beats[-1]


@pytest.fixture
async def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


async def test_an_attempt_begins_at_once_and_is_told_of_when_its_order_is_on_disk(runner: Runner) -> None:
    async with asyncio.timeout(10):
        await runner.work.begun.wait()
        beat = await runner.told()
        assert beat.attempts == ()
        assert beat.free == DESCRIBED.slots - 1
        assert runner.message.times_acknowledged() == 0
        runner.disk.free.set()
        await runner.taking
        assert (await runner.told()).attempts == (runner.order.ref,)
        assert runner.message.times_acknowledged() == 1
        runner.work.over.set()


async def test_an_attempt_that_is_over_before_its_order_is_on_disk_is_never_told_of(runner: Runner) -> None:
    sending = asyncio.create_task(runner.daemon.send_reports())
    async with asyncio.timeout(10):
        runner.work.over.set()
        while not runner.link.reports:  # noqa: ASYNC110 - the daemon tells nobody
            await asyncio.sleep(0)
        assert runner.message.times_acknowledged() == 0
        runner.disk.free.set()
        await runner.taking
        beat = await runner.told()
        assert (beat.attempts, beat.reported) == ((), (runner.order.ref,))
    sending.cancel()
