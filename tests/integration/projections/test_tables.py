"""The read models in a real PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from core.events import task
from core.events.envelope import Fact, Recorded
from core.events.ids import Aggregate, Platform
from core.events.ownership import Deleted
from core.events.runner import Enrolled, Pool
from core.events.subjects import AggregateKey, task_key
from core.nats.log import LogGapError
from core.postgres.connection import Connection
from projections import checkpoint, schema
from projections.batches import apply_batch
from projections.model_catalogue.fold import MODEL_CATALOGUE, CataloguedModel
from projections.profile_summary.fold import PROFILE_SUMMARY, ProfileSummary
from projections.read_model import Projection, ReadModel, UnappliableEventError
from projections.read_models import READ_MODELS
from projections.runner_board.fold import RUNNER_BOARD, BoardRow
from projections.task_detail.fold import TASK_DETAIL, TaskDetail
from projections.task_list.fold import TASK_LIST, ListedTask
from projections.verify import Difference, differences
from tests.unit.projections.facts import MODELS, RUNNERS, TASKS, described, recorded, submitted
from tests.unit.projections.histories import play, split

ROWS: list[tuple[ReadModel[Any, Any], type]] = [
    (TASK_LIST, ListedTask),
    (TASK_DETAIL, TaskDetail),
    (PROFILE_SUMMARY, ProfileSummary),
    (RUNNER_BOARD, BoardRow),
    (MODEL_CATALOGUE, CataloguedModel),
]
TASK = task_key(Platform.X86, TASKS[0])
QUEUED = task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)


@pytest.mark.parametrize("model", READ_MODELS, ids=lambda model: model.table)
async def test_tables_have_the_columns_of_their_rows(tables: Connection, model: Projection) -> None:
    found = await tables.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'read' AND table_name = $1",
        model.table,
    )
    assert {row["column_name"] for row in found} == set(model.columns)


@pytest.mark.parametrize("seed", range(6))
async def test_any_history_in_any_batches_twice_gives_the_pure_folds_rows(
    tables: Connection, seed: int, soak: bool
) -> None:
    for round_ in range(50 if soak else 1):
        history = play(seed + 1000 * round_, 200)
        await schema.drop(tables, "read")
        await schema.create(tables, "read")
        for batch in split(history, [1 + seed * 7, 3]):
            await apply_batch(tables, batch)
            await apply_batch(tables, history[: batch[-1].sequence])
        for model, row in ROWS:
            assert await stored(tables, model, row) == model.fold({}, history)
        assert (await checkpoint.read(tables)).sequence == len(history)


async def stored(connection: Connection, model: ReadModel[Any, Any], row: type) -> dict[Any, Any]:
    rows = await connection.fetch(f"SELECT * FROM {model.table}")  # noqa: S608 - our own name
    adapter: TypeAdapter[Any] = TypeAdapter(row)
    return {record["id"]: adapter.validate_python(dict(record)) for record in rows}


async def test_a_gap_stops(tables: Connection) -> None:
    await apply_batch(tables, [recorded(1, TASK, submitted())])
    with pytest.raises(LogGapError, match="event 3 came where 2 was due"):
        await apply_batch(tables, [recorded(3, TASK, QUEUED)])
    with pytest.raises(LogGapError, match="event 4 came where 3 was due"):
        await apply_batch(tables, [recorded(2, TASK, QUEUED), recorded(4, TASK, task.Cancelled(attempt=0))])
    assert (await checkpoint.read(tables)).sequence == 1
    assert await tables.fetchval("SELECT state FROM task_list") == "submitted"


async def test_a_batch_that_breaks_off_leaves_nothing_half_applied(tables: Connection) -> None:
    await apply_batch(tables, [recorded(1, TASK, submitted())])
    # The catalogue comes last: by then the other tables have been written.
    orphan = recorded(3, AggregateKey(Aggregate.MODEL, Platform.ANY, MODELS[0]), Deleted())
    with pytest.raises(UnappliableEventError, match="event 3"):
        await apply_batch(tables, [recorded(2, TASK, QUEUED), orphan])
    assert await tables.fetchval("SELECT sequence FROM task_list") == 1
    assert await tables.fetchval("SELECT sequence FROM task_detail") == 1
    assert (await checkpoint.read(tables)).sequence == 1


async def test_what_a_table_cannot_hold_stops_with_its_name(tables: Connection) -> None:
    key = AggregateKey(Aggregate.RUNNER, Platform.X86, RUNNERS[0])
    unspeakable = described("1.13.0", 1).model_copy(update={"cpu": "NUL \x00"})
    events: list[Recorded[Fact]] = [recorded(1, key, Enrolled(pool=Pool.PUBLIC)), recorded(2, key, unspeakable)]
    with pytest.raises(UnappliableEventError, match="events 1 to 2 make rows that runner_board cannot hold"):
        await apply_batch(tables, events)
    assert await tables.fetchval("SELECT count(*) FROM runner_board") == 0


async def test_numbers_keep_every_digit(tables: Connection) -> None:
    key = AggregateKey(Aggregate.RUNNER, Platform.X86, RUNNERS[0])
    large = described("1.13.0", 1).model_copy(update={"memory": 2**63 + 1})
    await apply_batch(tables, [recorded(1, key, Enrolled(pool=Pool.PUBLIC)), recorded(2, key, large)])
    text = await tables.fetchval("SELECT description::text FROM runner_board")
    assert json.loads(text)["memory"] == 2**63 + 1


async def test_a_fault_is_kept_until_the_next_event(tables: Connection) -> None:
    await checkpoint.record_fault(tables, "event 1 cannot be applied")
    assert (await checkpoint.read(tables)).fault == "event 1 cannot be applied"
    event = recorded(1, TASK, submitted())
    await apply_batch(tables, [event])
    assert await checkpoint.read(tables) == checkpoint.Checkpoint(1, event.time, None)


async def test_differences_name_the_rows(tables: Connection) -> None:
    await apply_batch(tables, play(3, 100))
    await schema.create(tables, "other")
    await apply_batch(tables, play(3, 100))
    assert await differences(tables, "read", "other") == []
    await tables.execute("UPDATE other.task_list SET attempt = attempt + 1 WHERE id = $1", TASKS[0])
    await tables.execute("DELETE FROM other.task_detail WHERE id = $1", TASKS[1])
    expected = [Difference("task_list", TASKS[0]), Difference("task_detail", TASKS[1])]
    assert await differences(tables, "read", "other") == expected
