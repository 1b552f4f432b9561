from __future__ import annotations

from uuid import UUID

from api.parts import Parts
from api.profile.other_runs import faster_runs
from core.events.ids import TaskId
from projections.task_detail import queries as details
from tests.integration.api.fleet import Fleet
from tests.integration.api.user import User


async def test_runs_of_the_same_model_and_data_are_looked_at(user: User, fleet: Fleet, parts: Parts) -> None:
    asked = await user.ask()
    mine = await user.submit(**asked)
    other = await user.submit(**asked, options={"weight_preprocess": True})
    # The same options on another model: no run of this one.
    await user.submit(options={"fast_run": True})
    for task in (mine, other):
        await fleet.start(task["id"])
        sequence = await fleet.complete(task["id"])
    assert await parts.position.reached(sequence, 60)
    async with parts.pool.acquire() as connection:
        detail = await details.task(connection, TaskId(UUID(mine["id"])))
    assert detail is not None
    # Each completed with a median of two seconds.
    [found] = await faster_runs(parts.pool, detail, 4.2)
    assert found.title == f"The same model with weight_preprocess on was 2.1x faster in run {other['id']}."
    assert await faster_runs(parts.pool, detail, 2.0) == ()
