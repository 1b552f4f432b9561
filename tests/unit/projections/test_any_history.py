"""Any valid history, in batches of any size, delivered twice: the same rows."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.task import TASK
from core.events.account import AccountEvent
from core.events.envelope import Fact, Recorded
from core.events.model import ModelEvent
from core.events.project import ProjectEvent
from core.events.runner import RunnerEvent
from core.events.task import TaskEvent
from projections.account_directory.fold import ACCOUNT_DIRECTORY
from projections.model_catalogue.fold import MODEL_CATALOGUE
from projections.profile_summary.fold import PROFILE_SUMMARY
from projections.read_model import ReadModel
from projections.runner_board.fold import RUNNER_BOARD
from projections.task_detail.fold import TASK_DETAIL
from projections.task_list.fold import TASK_LIST
from tests.unit.projections.histories import batch_sizes, histories, play, split

MODELS: list[ReadModel[Any, Any]] = [
    TASK_LIST,
    TASK_DETAIL,
    PROFILE_SUMMARY,
    RUNNER_BOARD,
    MODEL_CATALOGUE,
    ACCOUNT_DIRECTORY,
]


def rows_after(model: ReadModel[Any, Any], batches: list[list[Recorded[Fact]]]) -> dict[UUID, Any]:
    rows: dict[UUID, Any] = {}
    for batch in batches:
        rows |= model.fold(rows, batch)
    return rows


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
@given(history=histories(), sizes=batch_sizes, data=st.data())
def test_batches_and_second_deliveries_change_nothing(
    model: ReadModel[Any, Any], history: list[Recorded[Fact]], sizes: list[int], data: st.DataObject
) -> None:
    expected = rows_after(model, [[event] for event in history])
    assert rows_after(model, list(split(history, sizes))) == expected
    again = data.draw(st.integers(0, len(history)), label="delivered again from")
    assert rows_after(model, [*split(history, sizes), *split(history[again:], sizes)]) == expected


@given(history=histories())
def test_task_rows_agree_with_the_domain_and_each_other(history: list[Recorded[Fact]]) -> None:
    lines, pages = rows_after(TASK_LIST, [history]), rows_after(TASK_DETAIL, [history])
    assert lines.keys() == pages.keys()
    for id_, line in lines.items():
        state = TASK.fold([event for event in history if event.key.id == id_])  # type: ignore[misc] # all are a task's
        page = pages[id_]
        shown = {"lost": "cancelling" if state.cancel_requested else "queued"}.get(state.status, state.status)
        assert line.state == page.state == shown
        assert line.attempt == page.attempt == state.attempt
        assert tuple(one.runner_id for one in page.attempts) == state.runners
        assert line.queued_at == page.queued_at == state.queued_at
        assert line.started_at == page.started_at
        assert (line.ended_at, line.sequence) == (page.ended_at, page.sequence)
        assert (line.ended_at is not None) == state.status.ended
        assert all(one.outcome is not None for one in page.attempts) or page.state in {"running", "cancelling"}


@given(history=histories())
def test_summaries_stand_for_completed_profiles_only(history: list[Recorded[Fact]]) -> None:
    lines, summaries = rows_after(TASK_LIST, [history]), rows_after(PROFILE_SUMMARY, [history])
    assert summaries.keys() == {
        id_ for id_, line in lines.items() if (line.state, line.kind) == ("completed", "profile")
    }
    for id_, summary in summaries.items():
        assert summary.totals.device_s == lines[id_].device_s
        assert summary.latency.p50 == lines[id_].latency_p50_s


def test_the_histories_reach_every_kind_of_event() -> None:
    reached = {type(event.data) for seed in range(50) for event in play(seed, 150)}
    every = {
        fact
        for union in (TaskEvent, RunnerEvent, ModelEvent, ProjectEvent, AccountEvent)
        for fact in get_args(get_args(union)[0])
    }
    assert reached == every
