"""Whatever was commanded: what the deciders held while it happened is what the log's bytes give again, and so are all rows."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Final
from uuid import UUID

import pytest

from core.domain.account import ACCOUNT
from core.domain.decider import Decider
from core.domain.model import MODEL
from core.domain.project import PROJECT
from core.domain.runner import RUNNER
from core.domain.task import TASK, Status, TaskState
from core.events import codec
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import Aggregate, CommandId
from core.events.subjects import AggregateKey
from projections.read_model import ReadModel
from projections.read_models import READ_MODELS
from projections.task_state import State
from tests.unit.projections.histories import World, played, split

DECIDERS: Final[dict[Aggregate, Decider[Any, Any, Any]]] = {
    Aggregate.TASK: TASK,
    Aggregate.RUNNER: RUNNER,
    Aggregate.MODEL: MODEL,
    Aggregate.PROJECT: PROJECT,
    Aggregate.ACCOUNT: ACCOUNT,
}
FOLDED: Final = [model for model in READ_MODELS if isinstance(model, ReadModel)]
Rows = dict[str, dict[UUID, Any]]


def stored(event: Recorded[Fact]) -> Recorded[Fact]:
    """As it comes back from the log."""
    origin = Origin(CommandId(event.id), event.owner, event.actor, event.correlation_id, event.causation_id)
    subject = event.key.subject(event.type)
    again = codec.decode(subject, event.sequence, event.time, codec.encode(event.data, origin))
    return replace(again, id=event.id)  # the log's own would follow from a command's id


def replayed(events: list[Recorded[Any]]) -> dict[AggregateKey, Any]:
    histories: dict[AggregateKey, list[Recorded[Any]]] = {}
    for event in events:
        histories.setdefault(event.key, []).append(event)
    return {key: DECIDERS[key.aggregate].fold(history) for key, history in histories.items()}


def rows_of(events: list[Recorded[Fact]], sizes: list[int]) -> Rows:
    rows: Rows = {model.table: {} for model in FOLDED}
    for batch in split(events, sizes):
        for model in FOLDED:
            rows[model.table] |= model.fold(rows[model.table], batch)
    return rows


def shown(state: TaskState) -> State:
    if state.status is Status.LOST:
        return State.CANCELLING if state.cancel_requested else State.QUEUED
    return State(state.status)


def check(world: World, chance: Random) -> None:
    again = [stored(event) for event in world.history]
    assert replayed(again) == world.states
    live = rows_of(world.history, [chance.randrange(1, 9) for _ in range(4)])
    assert rows_of(again, []) == live
    tasks = {key.id: state for key, state in world.states.items() if key.aggregate is Aggregate.TASK}
    for table in ("task_list", "task_detail"):
        assert {id_: row.state for id_, row in live[table].items()} == {id_: shown(one) for id_, one in tasks.items()}


@pytest.mark.parametrize("part", range(4))
def test_any_history_is_the_same_live_replayed_and_rebuilt(part: int, soak: bool) -> None:
    for seed in range(part, 10_000 if soak else 60, 4):
        chance = Random(seed)
        check(played(seed, chance.randrange(1, 120)), chance)
