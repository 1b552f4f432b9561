"""Nobody's thousand tasks hold up another's one, through the real scheduler and the real log."""

import asyncio
from uuid import UUID

import pytest
from nats.aio.client import Client

from core.events.ids import AccountId, TaskId
from core.nats.asks import SchedulerLine
from core.scheduler.settings import Periods
from tests.integration.scheduler.conftest import ScriptedRunner, Tasks
from tests.unit.domain.task_facts import completed

CROWD, ONE = AccountId(UUID(int=77)), AccountId(UUID(int=78))
THOUSAND = 1000
FEW = 3


@pytest.fixture
def periods() -> Periods:
    """A lease that outlasts whatever else the machine does while a thousand tasks are written to disk."""
    return Periods(lease_s=60.0, order_retry_s=0.5, tick_s=0.1)


async def test_a_thousand_tasks_of_one_do_not_hold_up_anothers_one(
    runner: ScriptedRunner, tasks: Tasks, core: Client
) -> None:
    """The single runner is free whenever a task is chosen, so nobody has anything running then: turns have to decide."""
    await tasks.place(CROWD)
    first = await runner.take()
    crowd = await asyncio.gather(*(tasks.place(CROWD) for _ in range(THOUSAND - 1)))
    his = TaskId((await tasks.place(ONE)).id)
    for last in (TaskId(crowd[-1].id), his):
        await tasks.until_queued(last)
    answer = await SchedulerLine(core).waiting(his)
    assert (answer.waits, answer.ahead <= FEW, answer.own_ahead) == (True, True, 0)
    behind = await SchedulerLine(core).waiting(TaskId(crowd[-1].id))
    assert behind.own_ahead == THOUSAND - 2
    ref = first.ref
    order: list[TaskId] = []
    for _ in range(FEW):
        await runner.report(ref, completed())
        ref = (await runner.take()).ref
        order.append(ref.task)
    assert his in order
