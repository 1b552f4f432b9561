"""What is on its way to receivers. A row names an event; the event itself stays in the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from api.events.filters import EventFilter
from api.webhooks.sending import Answer
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, CommandId, new_id
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__, "outbox.sql")


class Cause(StrEnum):
    EVENT = "event"
    """It happened."""
    REDELIVERY = "redelivery"
    """Somebody asked for one message again."""
    REPLAY = "replay"
    """Somebody asked for all from a place in the log on."""


class Progress(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """It was tried for long enough."""
    WITHHELD = "withheld"
    """When it was to go out, the account might no longer see it."""


@dataclass(frozen=True)
class DeliveryRow:
    """``place`` orders the deliveries of a webhook."""

    id: UUID
    place: int
    webhook: UUID
    sequence: int
    event_id: UUID
    type: str
    thing: UUID
    cause: Cause
    state: Progress
    tries: int
    due_at: datetime
    first_tried_at: datetime | None
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class TryRow:
    number: int
    at: datetime
    status: int | None
    error: str | None
    seconds: float
    answer: str


@dataclass(frozen=True)
class Due:
    """A delivery to be tried now. ``tries``: so many have failed."""

    id: UUID
    webhook: UUID
    account: AccountId
    sequence: int
    event_id: UUID
    tries: int
    first_tried_at: datetime | None


@dataclass(frozen=True)
class ReplayRow:
    """Of the log what comes after ``after``, to ``until``."""

    id: UUID
    webhook: UUID
    after: int
    until: int
    account: AccountId
    filter: EventFilter


_DELIVERY: Final = TypeAdapter(DeliveryRow)
_TRY: Final = TypeAdapter(TryRow)
_DUE: Final = TypeAdapter(Due)
_REPLAY: Final = TypeAdapter(ReplayRow)


async def checkpoint(connection: Connection, first: int) -> int:
    """The place in the log up to which events were looked at; ``first`` when there is none yet."""
    await connection.execute(_SQL["begin"], first)
    return int(await connection.fetchval(_SQL["checkpoint"]))


async def advance(connection: Connection, sequence: int) -> None:
    await connection.execute(_SQL["advance"], sequence)


async def put(connection: Connection, wanted: Iterable[tuple[UUID, Recorded[Fact]]], cause: Cause) -> None:
    """``wanted``: webhooks and events, in the log's order. What happened is put once."""
    rows = [(new_id(), to, one.sequence, one.id, one.name, one.key.id, cause) for to, one in wanted]
    if rows:
        await connection.executemany(_SQL["put"], rows)


async def due(connection: Connection, under_way: Sequence[UUID], of_each: int) -> list[Due]:
    """At most ``of_each`` of a webhook, and none before what comes first about the same thing."""
    rows = await connection.fetch(_SQL["due"], list(under_way), of_each)
    return [_DUE.validate_python(dict(row)) for row in rows]


async def note_try(connection: Connection, delivery: Due, at: datetime, answer: Answer) -> None:
    number = delivery.tries + 1
    await connection.execute(
        _SQL["tried"], delivery.id, number, at, answer.status, answer.error, answer.seconds, answer.text
    )


async def put_off(connection: Connection, delivery: Due, at: datetime, until: datetime) -> None:
    await connection.execute(_SQL["again"], delivery.id, delivery.tries + 1, at, until)


async def postpone(connection: Connection, delivery: Due, seconds: float) -> None:
    """It could not be tried, for a reason of ours."""
    await connection.execute(_SQL["postpone"], delivery.id, seconds)


async def end(connection: Connection, delivery: Due, at: datetime, state: Progress) -> None:
    tries = delivery.tries + (state is not Progress.WITHHELD)
    await connection.execute(_SQL["ended"], delivery.id, tries, at, state)


async def page(
    connection: Connection | Pool, webhook: UUID, states: Sequence[Progress], before: int | None, limit: int
) -> list[DeliveryRow]:
    """The newest first."""
    rows = await connection.fetch(_SQL["page"], webhook, list(states) or None, before, limit)
    return [_DELIVERY.validate_python(dict(row)) for row in rows]


async def delivery(connection: Connection | Pool, webhook: UUID, id_: UUID) -> DeliveryRow | None:
    row = await connection.fetchrow(_SQL["delivery"], webhook, id_)
    return None if row is None else _DELIVERY.validate_python(dict(row))


async def tries_of(connection: Connection | Pool, id_: UUID) -> list[TryRow]:
    return [_TRY.validate_python(dict(row)) for row in await connection.fetch(_SQL["tries_of"], id_)]


async def redeliver(connection: Connection | Pool, id_: UUID, command: CommandId) -> UUID:
    """Of what waits its next try comes now; of what has ended a new delivery goes out. Gives that one's id."""
    if await connection.fetchval(_SQL["hasten"], id_) is not None:
        return id_
    await connection.execute(_SQL["redeliver"], id_, command)
    return command


async def ask_replay(connection: Connection | Pool, webhook: UUID, command: CommandId, after: int, until: int) -> None:
    await connection.execute(_SQL["ask_replay"], new_id(), webhook, command, after, until)


async def replays_of(connection: Connection | Pool, webhook: UUID) -> int:
    """Those that are not over."""
    return int(await connection.fetchval(_SQL["replays_of"], webhook))


async def replays(connection: Connection, most_waiting: int) -> list[ReplayRow]:
    """Those that may go on: fewer than ``most_waiting`` messages wait for their webhook."""
    return [_REPLAY.validate_python(dict(row)) for row in await connection.fetch(_SQL["replays"], most_waiting)]


async def note_replayed(connection: Connection, replay: ReplayRow, after: int) -> None:
    if after >= replay.until:
        await connection.execute(_SQL["replay_over"], replay.id)
    else:
        await connection.execute(_SQL["replayed"], replay.id, after)


async def sweep(connection: Connection, keep_s: float) -> bool:
    """Forget some that ended so long ago; whether there may be more."""
    return str(await connection.execute(_SQL["sweep"], keep_s)) == "DELETE 1000"
