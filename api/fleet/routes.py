"""``/runners`` and ``/engines``: what there is to run on."""

from uuid import UUID

from api.access import Caller
from api.errors.documents import documented
from api.fleet import reading
from api.fleet.resources import EngineList, EngineResource, RunnerList, RunnerResource
from api.freshness import Fresh
from api.parts import PartsOf
from api.routing import router_at
from projections.runner_board import queries as board
from projections.task_list import queries as task_list

router = router_at(tag="runners")


@router.get("/runners", dependencies=[Fresh], responses=documented("not_fresh_yet"))
async def list_runners(caller: Caller, parts: PartsOf) -> RunnerList:
    """The devices that you may see, in the order in which they were enrolled: public ones, yours, and those granted to you."""
    async with parts.pool.acquire() as connection:
        found = [
            one
            for one in await board.runners(connection)
            if not one.runner.revoked and reading.may_see(caller, one.runner)
        ]
    return RunnerList(items=await reading.resources(parts, caller, found))


@router.get("/runners/{runner_id}", dependencies=[Fresh], responses=documented("runner_unknown", "not_fresh_yet"))
async def get_runner(runner_id: UUID, caller: Caller, parts: PartsOf) -> RunnerResource:
    [found] = await reading.resources(parts, caller, [await reading.visible(parts, caller, runner_id)])
    return found


@router.get("/engines", dependencies=[Fresh], responses=documented("not_fresh_yet"))
async def list_engines(caller: Caller, parts: PartsOf) -> EngineList:
    """What can be asked for: engine versions by platform, of the runners that you may use."""
    async with parts.pool.acquire() as connection:
        found = await board.engines(connection, caller.account)
        waiting = await task_list.waiting(connection)
    return EngineList(
        items=[
            EngineResource(
                platform=one.platform,
                version=one.version,
                runners=one.runners,
                present=one.present,
                waiting=waiting.get((one.platform, one.version), 0),
            )
            for one in found
        ]
    )
