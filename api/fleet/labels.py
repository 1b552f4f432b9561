"""Words that describe devices. The log holds their ids only."""

from collections.abc import Iterable
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from core.events.ids import LabelId, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)

Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"),
    AfterValidator(str.lower),
]
"""A label: letters (capitals do not count), digits, dots, dashes."""


async def words(connection: Connection | Pool, ids: Iterable[UUID]) -> dict[UUID, str]:
    return {row["id"]: row["word"] for row in await connection.fetch(_SQL["label_words"], list(ids))}


async def known(connection: Connection | Pool, asked: Iterable[str]) -> dict[str, LabelId]:
    """The ids of those words that some device was ever given."""
    return {row["word"]: LabelId(row["id"]) for row in await connection.fetch(_SQL["label_ids"], list(asked))}


async def made(connection: Connection | Pool, asked: Iterable[str]) -> frozenset[LabelId]:
    """The ids of words, new ones made for new words."""
    asked = list(asked)
    for word in asked:
        await connection.execute(_SQL["add_label"], new_id(), word)
    return frozenset((await known(connection, asked)).values())
