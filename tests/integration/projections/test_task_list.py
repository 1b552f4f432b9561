"""The list query against a reference in plain Python."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from core.events.failure import FailureKind
from core.events.ids import AccountId, ModelId, Platform, ProjectId, RunnerId, SweepId, TagId, TaskId
from core.events.ownership import Visibility
from core.events.task import TaskKind
from core.postgres.connection import Connection
from projections.paging import MAX_LIMIT, BadCursorError
from projections.task_list.fold import ListedTask
from projections.task_list.queries import Filter, Sort, task, tasks, waiting
from projections.task_state import State
from tests.unit.projections.facts import BEGIN, DIGEST

COLUMN = {
    Sort.SUBMITTED_AT: "submitted_at",
    Sort.ENDED_AT: "ended_at",
    Sort.LATENCY: "latency_p50_s",
    Sort.DEVICE_TIME: "device_s",
}

PROJECTS = tuple(ProjectId(UUID(int=number)) for number in range(2))
TAGS = tuple(TagId(UUID(int=number)) for number in range(4))


def random_task(chance: Random, sequence: int) -> ListedTask:
    """Few different values, so that there are many ties."""
    state = chance.choice(list(State))
    measured = chance.choice((0.125, 0.1, 1e-9, 3e300)) if state is State.COMPLETED else None
    return ListedTask(
        id=TaskId(UUID(int=chance.getrandbits(128))),
        platform=chance.choice((Platform.X86, Platform.ARM)),
        owner=AccountId(UUID(int=chance.randrange(3))),
        kind=TaskKind.PROFILE,
        model_id=ModelId(UUID(int=chance.randrange(4))),
        model=DIGEST,
        engine=chance.choice(("1.13.0", "1.12.4")),
        sweep=chance.choice((None, SweepId(UUID(int=5)))),
        state=state,
        attempt=1,
        runner_id=RunnerId(UUID(int=7)),
        submitted_at=BEGIN + timedelta(microseconds=chance.randrange(20)),
        queued_at=BEGIN,
        started_at=None,
        ended_at=BEGIN + timedelta(seconds=chance.randrange(10)) if state.ended else None,
        failure=FailureKind.BAD_INPUT if state is State.FAILED else None,
        device_s=measured,
        latency_p50_s=measured and measured * 1.5,
        visibility=chance.choice(list(Visibility)),
        project=chance.choice((None, *PROJECTS)),
        tags=tuple(tag for tag in TAGS if chance.random() < 0.4),
        deleted_at=None if chance.random() < 0.9 else BEGIN,
        sequence=sequence,
    )


@pytest.fixture
async def rows(tables: Connection) -> list[ListedTask]:
    chance = Random(5)
    made = [random_task(chance, sequence) for sequence in range(1, 301)]
    columns = [field.name for field in fields(ListedTask)]
    await tables.copy_records_to_table(
        "task_list",
        schema_name="read",
        columns=columns,
        records=[[getattr(row, name) for name in columns] for row in made],
    )
    return made


def reference(rows: list[ListedTask], where: Filter, sort: Sort, *, descending: bool) -> list[ListedTask]:
    wanted = {
        field.name: getattr(where, field.name) for field in fields(where) if field.name not in {"seen_by", "tags"}
    }
    chosen = [
        row
        for row in rows
        if all(values is None or getattr(row, name) in values for name, values in wanted.items())
        and all(set(group) & set(row.tags) for group in where.tags or ())
        and (where.seen_by in {None, row.owner} or row.visibility is Visibility.TEAM)
        and row.deleted_at is None
    ]
    key = COLUMN[sort]
    valued = [row for row in chosen if getattr(row, key) is not None]
    unvalued = [row for row in chosen if getattr(row, key) is None]
    valued.sort(key=lambda row: (getattr(row, key), row.id), reverse=descending)
    unvalued.sort(key=lambda row: row.id, reverse=descending)
    return valued + unvalued


async def walk(connection: Connection, where: Filter, limit: int, **order: Any) -> list[ListedTask]:
    found: list[ListedTask] = []
    cursor = None
    while True:
        page = await tasks(connection, where, limit=limit, cursor=cursor, **order)
        assert page.next_cursor is None or len(page.items) == limit
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("descending", [True, False])
async def test_pages_follow_each_other_in_every_order(
    tables: Connection, rows: list[ListedTask], sort: Sort, descending: bool
) -> None:
    chance = Random(f"{sort} {descending}")
    filters = [Filter(), *(random_filter(chance, rows) for _ in range(8))]
    for where in filters:
        expected = reference(rows, where, sort, descending=descending)
        for limit in (7, 100, max(1, len(expected))):
            found = await walk(tables, where, limit, sort=sort, descending=descending)
            assert found == expected, (where, limit)


def random_filter(chance: Random, rows: list[ListedTask]) -> Filter:
    chosen: dict[str, Any] = {}
    for field in fields(Filter):
        if field.name == "seen_by":
            chosen["seen_by"] = chance.choice((None, rows[0].owner, rows[1].owner))
        elif field.name == "tags":
            groups = range(chance.randrange(3))
            chosen["tags"] = tuple(tuple(chance.sample(TAGS, chance.randrange(1, 3))) for _ in groups)
        elif chance.random() < 0.3:
            seen = sorted({value for row in rows if (value := getattr(row, field.name)) is not None})
            chosen[field.name] = tuple(chance.sample(seen, chance.randrange(min(len(seen), 200) + 1)))
    return Filter(**chosen)


async def test_an_empty_set_matches_nothing(tables: Connection, rows: list[ListedTask]) -> None:
    assert rows
    assert (await tasks(tables, Filter(id=()))).items == ()


async def test_what_waits_is_counted_by_platform_and_engine(tables: Connection, rows: list[ListedTask]) -> None:
    waits = [
        (row.platform, row.engine)
        for row in rows
        if row.state in {State.SUBMITTED, State.QUEUED} and not row.deleted_at
    ]
    assert await waiting(tables) == {lane: waits.count(lane) for lane in waits}


async def test_one_task_by_id(tables: Connection, rows: list[ListedTask]) -> None:
    for row in rows[:50]:
        assert await task(tables, row.id) == (row if row.deleted_at is None else None)
    assert await task(tables, TaskId(UUID(int=0))) is None


async def test_a_cursor_fits_its_own_order_only(tables: Connection, rows: list[ListedTask]) -> None:
    assert rows
    cursor = (await tasks(tables, sort=Sort.ENDED_AT, limit=5)).next_cursor
    assert cursor is not None
    for order in ({"sort": Sort.LATENCY}, {"sort": Sort.ENDED_AT, "descending": False}):
        with pytest.raises(BadCursorError):
            await tasks(tables, cursor=cursor, **order)
    for nonsense in ("", "x", "%%%", cursor[:-3], "bnVsbA", "é"):
        with pytest.raises(BadCursorError):
            await tasks(tables, sort=Sort.ENDED_AT, cursor=nonsense)


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
async def test_a_page_has_a_size(tables: Connection, limit: int) -> None:
    with pytest.raises(ValueError, match="a page has 1 to"):
        await tasks(tables, limit=limit)
