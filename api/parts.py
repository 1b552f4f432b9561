"""What an operation may use: the outside systems, opened once per process."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from api.accounts.tools import Accounts
from api.events.fan import Fan
from api.fleet.door import Door
from api.health.numbers import Numbers
from api.inspections.documents import Declarations
from api.live.hub import Hub
from api.live.tail import Tail
from api.profile.documents import Documents
from api.settings import ApiSettings
from core.nats.asks import SchedulerLine
from core.nats.log import EventLog
from core.nats.removals import Removal
from core.postgres.connection import Pool
from core.s3.store import ObjectStore
from projections.position import Position


@dataclass(frozen=True)
class Parts:
    settings: ApiSettings
    log: EventLog
    pool: Pool
    store: ObjectStore
    position: Position
    tail: Tail
    hub: Hub
    fan: Fan
    documents: Documents
    declarations: Declarations
    numbers: Numbers
    door: Door
    removals: Callable[[], AsyncIterator[Removal]]
    """Runners that want to be none any more, as they ask."""
    scheduler: SchedulerLine
    accounts: Accounts


def parts_of(request: Request) -> Parts:
    return cast(Parts, request.app.state.parts)


PartsOf = Annotated[Parts, Depends(parts_of)]
