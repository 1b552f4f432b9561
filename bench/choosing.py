"""`choose_100k`: how long the scheduler needs to choose the next task of 100,000 that wait, against looking at every one of them.

Pure computing: no broker, no database. The figure holds the choice and what starting and ending the chosen task costs the board; the other
side looks at all that wait and at all that runs once for each choice, which is the definition of the rule without any index.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.frame import Figure, Goal
from core.domain.task import Status
from core.events import runner, task
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, Aggregate, EventId, ModelId, Platform, RunnerId
from core.events.subjects import AggregateKey
from core.events.values import EngineOffer, ProfileOptions
from core.scheduler.board import Board, KnownRunner, may_serve
from core.scheduler.choose import choose
from core.scheduler.open_task import OpenTask

TASKS, OWNERS = 100_000, 50
CHOICES, LOOKS = 2_000, 5
START = datetime(2026, 1, 1, tzinfo=UTC)
RUNNER = AggregateKey(Aggregate.RUNNER, Platform.X86, UUID(int=1))
OFFER = EngineOffer(version="1.13.0", driver="megengine", build="1.13.0")
DESCRIBED = runner.Described(
    engines=(OFFER,),
    slots=1,
    cpu="cpu",
    cores=1,
    memory=1,
    kernel="Linux",
    software="0",
    sandbox=runner.SandboxKind.BUBBLEWRAP,
)
SUBMITTED = task.Submitted(
    kind=task.TaskKind.PROFILE,
    model_id=ModelId(UUID(int=9)),
    model="a" * 64,
    inputs=(),
    request="c" * 64,
    engine="1.13.0",
    options=ProfileOptions(),
)


async def run() -> Sequence[Figure]:
    """Microseconds for one choice."""
    board = Board()
    for fact in (runner.Enrolled(pool=runner.Pool.PUBLIC), DESCRIBED, runner.Appeared()):
        _record(board, RUNNER, fact, AccountId(UUID(int=0)))
    for number in range(TASKS):
        key = AggregateKey(Aggregate.TASK, Platform.X86, UUID(int=1000 + number))
        for task_fact in (SUBMITTED, task.Queued(attempt=1, reason=task.QueueReason.SUBMITTED)):
            _record(board, key, task_fact, AccountId(UUID(int=100 + number % OWNERS)))
    device = board.runners[RunnerId(RUNNER.id)]
    theirs = [_seconds(lambda: _look_at_all(board, device)) * 1e6 for _ in range(LOOKS)]
    ours = [_seconds(lambda: _serve(board, device)) * 1e6 for _ in range(CHOICES)]
    return [Figure("choose_100k", "µs", ours, theirs, Goal(0.01))]


def _serve(board: Board, device: KnownRunner) -> None:
    choice = choose(board.waiting, device, board.held)
    if choice is None:
        raise AssertionError("nothing waits any more")
    entry = board.tasks[choice.task]
    started = task.Started(
        attempt=1,
        runner_id=device.id,
        engine_build="1.13.0",
        lease_s=45,
        reason=choice.reason,
        waiting=choice.waiting,
        beat_age_s=0,
    )
    _record(board, entry.key, started, entry.owner)
    _record(board, entry.key, task.Cancelled(attempt=1), entry.owner)


def _look_at_all(board: Board, device: KnownRunner) -> OpenTask:
    running = Counter(entry.owner for entry in board.tasks.values() if entry.running)
    waiting = (entry for entry in board.tasks.values() if entry.state.status is Status.QUEUED)
    candidates = [
        entry
        for entry in waiting
        if entry.key.platform == device.key.platform
        and entry.submitted.engine in device.engines
        and may_serve(device, entry.owner)
    ]
    return min(candidates, key=lambda entry: (entry.submitted.kind.value, running[entry.owner], entry.since))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _record(board: Board, key: AggregateKey, fact: Fact, owner: AccountId) -> None:
    sequence = board.sequence + 1
    at, nobody = START + timedelta(seconds=sequence), UUID(int=0)
    board.apply(Recorded(EventId(UUID(int=sequence)), key, sequence, at, owner, nobody, nobody, None, fact))
