"""Rows kept in memory: with them and without, the tables are the same, whoever else writes them meanwhile."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from core.events import task
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate, Platform
from core.events.runner import Enrolled, Pool
from core.events.subjects import AggregateKey, task_key
from core.nats.log import EventLog
from core.postgres.connection import Connection, open_pool
from projections import checkpoint, schema
from projections.batches import apply_batch
from projections.projector import prepare
from projections.read_model import UnappliableEventError
from projections.rebuild import fill as fill_tables
from projections.rebuild import renew_model
from projections.recent import ROOM, Recent
from projections.task_list.fold import TASK_LIST
from projections.verify import differences
from tests.integration.projections.conftest import Fill
from tests.integration.projections.test_any_history import empty, rows
from tests.unit.projections.facts import RUNNERS, TASKS, completed, described, recorded, started, submitted
from tests.unit.projections.histories import played, split
from tests.unit.projections.test_live_replayed_rebuilt import FOLDED, stored

TASK = task_key(Platform.X86, TASKS[0])
TOLD: list[Recorded[Fact]] = [
    recorded(1, TASK, submitted()),
    recorded(2, TASK, task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)),
    recorded(3, TASK, started(1, RUNNERS[0])),
    recorded(4, TASK, completed(1)),
]


async def test_any_history_is_the_same_with_rows_kept(tables: Connection, soak: bool) -> None:
    await schema.create(tables, "fresh")
    for seed in range(10_000 if soak else 40):
        chance = Random(seed)
        history = [stored(event) for event in played(seed, chance.randrange(10, 80)).history]
        await schema.use(tables, "read")
        recent = Recent(room=chance.choice((0, 3_000, ROOM)))
        for batch in split(history, [chance.randrange(1, 12) for _ in range(3)]):
            if chance.random() < 0.2:  # somebody else comes first
                await apply_batch(tables, batch[: chance.randrange(1, len(batch) + 1)])
            await apply_batch(tables, batch, recent=recent)
        for model in FOLDED:
            there = await rows(tables, model)
            kept = recent.rows(model.table, there)
            assert kept == {id_: there[id_] for id_ in kept}, seed
        await schema.use(tables, "fresh")
        await apply_batch(tables, history)
        assert await differences(tables, "read", "fresh") == [], seed
        await empty(tables)


async def test_what_was_just_written_is_not_read(tables: Connection) -> None:
    recent, statements = Recent(), list[str]()
    await apply_batch(tables, TOLD[:1], recent=recent)
    with tables.query_logger(lambda record: statements.append(record.query)):
        for event in TOLD[1:]:
            await apply_batch(tables, [event], recent=recent)
        await asyncio.sleep(0)  # what is told of a statement comes a moment later
    assert [statement.split()[0] for statement in statements] == ["WITH"] * 3
    assert await tables.fetchval("SELECT state FROM task_list") == "completed"


async def test_nothing_is_kept_of_a_batch_that_failed(tables: Connection) -> None:
    runner, recent = AggregateKey(Aggregate.RUNNER, Platform.X86, RUNNERS[0]), Recent()
    await apply_batch(tables, [recorded(1, runner, Enrolled(pool=Pool.PUBLIC))], recent=recent)
    assert list(recent.rows("runner_board", RUNNERS)) == [RUNNERS[0]]
    unspeakable = described("1.13.0", 1).model_copy(update={"cpu": "NUL \x00"})
    with pytest.raises(UnappliableEventError):
        await apply_batch(tables, [recorded(2, runner, unspeakable)], recent=recent)
    assert recent.rows("runner_board", RUNNERS) == {}
    assert recent.mark is None


async def test_a_row_that_was_put_right_meanwhile_stays_right(
    connection: Connection, database_url: str, log: EventLog, fill: Fill
) -> None:
    """A kept row may be as wrong as the table was that it was read from; a table that is built anew puts an end to it."""
    await fill(TOLD)
    events = [event async for page in log.read(0) for event in page]
    await prepare(connection, log, "read")
    await fill_tables(connection, log, 2)
    await connection.execute("UPDATE task_list SET engine = '9'")
    recent = Recent()
    await apply_batch(connection, events[2:3], recent=recent)
    assert recent.rows("task_list", TASKS)[TASKS[0]].engine == "9"
    async with await open_pool(database_url, size=1) as pool, pool.acquire() as another:
        await renew_model(another, log, "read", TASK_LIST)
    await apply_batch(connection, events[3:], recent=recent)
    there = await connection.fetchrow("SELECT engine, state FROM task_list")
    assert there is not None
    assert dict(there) == {"engine": "1.13.0", "state": "completed"}


async def test_whoever_writes_the_checkpoint_leaves_another_mark(tables: Connection) -> None:
    before = await checkpoint.read(tables)
    moved = await checkpoint.advance(tables, 0, TOLD[0], mark=before.mark)
    assert moved == (await checkpoint.read(tables)).mark != before.mark
    assert await checkpoint.advance(tables, 1, TOLD[1], mark=before.mark) is None
    assert await checkpoint.hold_in(tables, "read") == 1
    assert await checkpoint.advance(tables, 1, TOLD[1], mark=moved) is None
    assert (await checkpoint.read(tables)).sequence == 1


async def test_whoever_waited_for_the_checkpoint_sees_who_wrote_it(tables: Connection, database_url: str) -> None:
    """Its statement began before the other one's transaction was over, and has to look again."""
    before = (await checkpoint.read(tables)).mark
    async with await open_pool(database_url, size=1) as pool, pool.acquire() as another:
        async with another.transaction():
            await checkpoint.hold_in(another, "read")
            moving = asyncio.create_task(checkpoint.advance(tables, 0, TOLD[0], mark=before))
            while not await another.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - another connection's statement
                await asyncio.sleep(0.01)
        assert await moving is None
    assert (await checkpoint.read(tables)).sequence == 0
