"""``/options``."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from api.access import Caller
from api.errors.chinese_details import said
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import PartsOf
from api.routing import router_at
from api.tasks.resources import Device
from core.domain.told import Told
from core.events.ids import EngineVersion, Platform
from core.events.values import ProfileOptions
from core.options.explanations import EXPLANATIONS
from core.options.table import EXCLUSIVE, limit_of
from projections.runner_board import queries as board

router = router_at(tag="fleet")


class OptionResource(BaseModel):
    """One field of a task's ``options``. ``reason``: why it does not work here, or what is worth knowing though it does."""

    name: str
    explanation: str
    default: Any
    works: bool
    reason: str | None
    excludes: list[str]
    """Options that cannot be chosen together with it."""


class OptionList(BaseModel):
    """``drivers``: by what the engine is run; an option works when it does with each of them."""

    drivers: list[str]
    items: list[OptionResource]


@router.get(
    "/options", dependencies=[Fresh], responses=documented("invalid_request", "engine_unknown", "not_fresh_yet")
)
async def list_options(
    caller: Caller, parts: PartsOf, platform: Annotated[Device, Query()], engine: Annotated[EngineVersion, Query()]
) -> OptionList:
    """Every option, and whether it works with this engine on this platform."""
    async with parts.pool.acquire() as connection:
        offered = await board.engines(connection, caller.account)
    for one in offered:
        if (one.platform, one.version) == (platform, engine):
            items = [_resource(name, Platform(platform), one.drivers) for name in ProfileOptions.model_fields]
            return OptionList(drivers=list(one.drivers), items=items)
    raise RefusedError(
        "engine_unknown", Told("No runner has MegEngine {engine} on {platform}.", engine=engine, platform=platform)
    )


def _resource(name: str, platform: Platform, drivers: tuple[str, ...]) -> OptionResource:
    limits = [limit for driver in drivers if (limit := limit_of(name, platform, driver)) is not None]
    limit = min(limits, key=lambda limit: limit.works, default=None)
    return OptionResource(
        name=name,
        explanation=said(EXPLANATIONS[name]),
        default=ProfileOptions.model_fields[name].default,
        works=all(limit.works for limit in limits),
        reason=None if limit is None else said(limit.reason),
        excludes=[other for group in EXCLUSIVE if name in group for other in group if other != name],
    )
