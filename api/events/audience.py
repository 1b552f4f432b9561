"""Who may see an event: the one place that says so, for lists, streams and everything that is sent out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from api.identity import Identity
from api.visibility import is_of_the_team
from core.events import runner
from core.events.envelope import Fact, Recorded
from core.events.ids import LOCAL_ACCOUNT, Aggregate
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries
from projections.position import Position

logger = structlog.get_logger(__name__)

_SQL: Final = Queries.beside(__file__, "audience.sql")


@dataclass(frozen=True)
class Audience:
    """``accounts`` by name; ``everybody`` who has an account, with ``team`` all of these but guests. Administrators see everything."""

    accounts: frozenset[UUID]
    team: bool = False
    everybody: bool = False

    def admits(self, who: Identity) -> bool:
        return self.everybody or who.account in self.accounts or who.is_admin or (self.team and is_of_the_team(who))


async def audiences(connection: Connection | Pool, events: Sequence[Recorded[Fact]]) -> list[Audience]:
    """Who may see each of the events as things stand now, in their order: it follows who owns what it happened to, and who is let in to that.

    Wait first until the read models have reached the last of them (``Position.reached``): else what was shown a moment ago
    is missed, and what was hidden a moment ago is seen. ``connection``: one that finds the api's tables and the read models.
    """
    rows = await connection.fetch(_SQL["custody"], list({event.key.id for event in events}), LOCAL_ACCOUNT)
    known = {row["id"]: row for row in rows}
    return [_audience(event, known) for event in events]


def _audience(event: Recorded[Fact], known: Mapping[UUID, asyncpg.Record]) -> Audience:
    if event.key.aggregate is Aggregate.ACCOUNT:
        return Audience(frozenset({event.key.id}))
    row = known.get(event.key.id)
    if row is None:  # a dataset that was deleted, or what no read model has
        return Audience(frozenset({event.owner}))
    match event.data:
        case runner.Granted(account=account) | runner.GrantRevoked(account=account):
            return Audience(frozenset({row["owner"], account}))  # whom else it was granted to is nobody's business
        case _:
            return Audience(frozenset({row["owner"], *row["granted"]}), row["team"], row["everybody"])


def when_known(
    pool: Pool, position: Position, check_s: float = 5.0
) -> Callable[[Sequence[Recorded[Fact]]], Awaitable[list[Audience]]]:
    """``audiences`` that waits, however long, until the read models know the events."""

    async def ask(events: Sequence[Recorded[Fact]]) -> list[Audience]:
        while not await position.reached(events[-1].sequence, check_s):
            logger.warning("the read models are behind", action="audience_waits", sequence=events[-1].sequence)
        return await audiences(pool, events)

    return ask
