"""The table of tags: everybody has words of their own, so that they go with whoever wrote them."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from api.grouping.resources import TagResource
from api.visibility import Reach
from core.events.ids import AccountId, TagId, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries
from projections.clauses import AnyOfEach

_SQL: Final = Queries.beside(__file__)
MOST_LISTED: Final = 1000


async def made(connection: Connection | Pool, owner: AccountId, words: Iterable[str]) -> frozenset[TagId]:
    """The ids of an owner's words, new ones for new words."""
    told = sorted(set(words))
    if not told:
        return frozenset()
    rows = await connection.fetch(_SQL["add_tags"], owner, [new_id() for _ in told], told)
    return frozenset(TagId(row["id"]) for row in rows)


async def known(connection: Connection | Pool, owner: AccountId, words: Iterable[str]) -> frozenset[TagId]:
    """The ids of those words that the owner ever used."""
    return frozenset(TagId(row["id"]) for row in await connection.fetch(_SQL["tags_of"], list(words), owner))


async def groups(connection: Connection | Pool, eye: Reach, words: Sequence[str]) -> AnyOfEach:
    """For each word the ids that it has within reach: what people who see each other's things call the same is the same."""
    if not words:
        return ()
    rows = await connection.fetch(_SQL["tags_of"], list(words), None if eye.team else eye.owner)
    return tuple(tuple(TagId(row["id"]) for row in rows if row["word"] == word) for word in words)


async def words(connection: Connection | Pool, ids: Iterable[UUID]) -> dict[UUID, str]:
    return {row["id"]: row["word"] for row in await connection.fetch(_SQL["words"], list(ids))}


async def used(connection: Connection | Pool, eye: Reach) -> list[TagResource]:
    """What things within reach are tagged with, the most frequent first."""
    rows = await connection.fetch(_SQL["used_tags"], eye.owner, eye.team, MOST_LISTED)
    return [TagResource(**dict(row)) for row in rows]


async def forget_unused(connection: Connection | Pool) -> None:
    """Words that nothing has any more, some at a time."""
    await connection.execute(_SQL["forget_unused_tags"])
