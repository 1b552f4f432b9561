"""The board in PostgreSQL, with its checkpoint in the same transaction."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from core.domain.runner import RunnerState
from core.domain.task import TaskState
from core.events.account import QuotaSet
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, Aggregate, Platform, RunnerId, TaskId
from core.events.subjects import AggregateKey, runner_key, task_key
from core.nats.execute import Known
from core.postgres.connection import Pool
from core.postgres.queries import Queries
from core.scheduler.board import Board, KnownRunner
from core.scheduler.open_task import OpenTask
from core.scheduler.running import Running

SCHEMA = "scheduler"
MIGRATIONS = Path(__file__).parent / "migrations"

_QUERIES = Queries.beside(__file__)
_TASK_STATE = TypeAdapter(TaskState)
_RUNNER_STATE = TypeAdapter(RunnerState)


class BoardStore:
    """Through a pool whose search path is the scheduler's schema."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def load(self) -> Board:
        async with self._pool.acquire() as connection:
            sequence: int = await connection.fetchval(_QUERIES["load_checkpoint"])
            async with (
                connection.transaction()
            ):  # a cursor: as objects, all at once take more than the board that is made of them
                tasks = [_open_task(row) async for row in connection.cursor(_QUERIES["load_tasks"], prefetch=500)]
            runners = [_known_runner(row) for row in await connection.fetch(_QUERIES["load_runners"])]
            quotas = {row["account"]: row["running"] for row in await connection.fetch(_QUERIES["load_quotas"])}
        held = Running(quotas=quotas)
        by_id = {entry.id: entry for entry in tasks}
        return Board(sequence, by_id, {entry.id: entry for entry in runners}, held=held)

    async def save(self, board: Board, batch: Iterable[Recorded[Fact]]) -> None:
        """Store what the events of a batch touched, and that everything up to its last event was folded. The board may go on meanwhile."""
        batch = list(batch)
        tasks = {TaskId(event.key.id) for event in batch if event.key.aggregate is Aggregate.TASK}
        runners = {RunnerId(event.key.id) for event in batch if event.key.aggregate is Aggregate.RUNNER}
        accounts = {AccountId(event.key.id) for event in batch if isinstance(event.data, QuotaSet)}
        rows = {
            "save_tasks": [_task_row(board.tasks[id_]) for id_ in tasks if id_ in board.tasks],
            "delete_tasks": [id_ for id_ in tasks if id_ not in board.tasks],
            "save_runners": [_runner_row(board.runners[id_]) for id_ in runners],
            "save_quotas": [_quota_row(board, id_) for id_ in accounts],
        }
        async with self._pool.acquire() as connection, connection.transaction():
            # A crash may take the last moments of board and checkpoint together: the log brings them back.
            await connection.execute("SET LOCAL synchronous_commit = off")
            for name, given in rows.items():
                if given:
                    await connection.execute(_QUERIES[name], given)
            await connection.execute(_QUERIES["save_checkpoint"], batch[-1].sequence)


def _quota_row(board: Board, account: AccountId) -> dict[str, Any]:
    return {"account": str(account), "running": board.held.quotas[account]}


def _open_task(row: Any) -> OpenTask:
    key: AggregateKey = task_key(Platform(row["platform"]), row["task_id"])
    known = Known(_TASK_STATE.validate_python(row["state"]), row["sequence"])
    entry = OpenTask(key, row["since"], row["owner"], row["correlation_id"], row["last_event"], known)
    entry.pack()
    return entry


def _task_row(entry: OpenTask) -> dict[str, Any]:
    return {
        "task_id": str(entry.id),
        "platform": entry.key.platform.value,
        "since": entry.since,
        "owner": str(entry.owner),
        "correlation_id": str(entry.correlation_id),
        "last_event": str(entry.last_event),
        "sequence": entry.sequence,
        "state": _TASK_STATE.dump_python(entry.state, mode="json"),
    }


def _known_runner(row: Any) -> KnownRunner:
    known = Known(_RUNNER_STATE.validate_python(row["state"]), row["sequence"])
    return KnownRunner(runner_key(Platform(row["platform"]), row["runner_id"]), known)


def _runner_row(entry: KnownRunner) -> dict[str, Any]:
    return {
        "runner_id": str(entry.id),
        "platform": entry.key.platform.value,
        "sequence": entry.known.sequence,
        "state": _RUNNER_STATE.dump_python(entry.known.state, mode="json"),
    }
