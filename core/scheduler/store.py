"""The board in PostgreSQL, with its checkpoint in the same transaction."""

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from core.domain.runner import RunnerState
from core.domain.task import TaskState
from core.events.account import QuotaSet
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, Aggregate, ModelId, Platform, RunnerId, TaskId
from core.events.subjects import AggregateKey, runner_key, task_key
from core.events.task import TaskKind
from core.nats.execute import Known
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries
from core.scheduler.board import Board, KnownRunner
from core.scheduler.killers import Killers
from core.scheduler.open_task import OpenTask
from core.scheduler.running import Running

SCHEMA = "scheduler"
MIGRATIONS = Path(__file__).parent / "migrations"

_QUERIES = Queries.beside(__file__)
_TASK_STATE = TypeAdapter(TaskState)
_RUNNER_STATE = TypeAdapter(RunnerState)
_AT_ONCE = 500
"""Tasks that are read or written with one statement: all at once, on their way they would take more than the board itself."""


@dataclass
class Touched:
    """What of the board events have changed since it was stored. ``sequence``: of the last of them, 0 when there were none."""

    sequence: int = 0
    tasks: set[TaskId] = field(default_factory=set)
    runners: set[RunnerId] = field(default_factory=set)
    accounts: set[AccountId] = field(default_factory=set)
    events: int = 0

    def note(self, event: Recorded[Fact]) -> None:
        self.sequence = event.sequence
        self.events += 1
        match event.key.aggregate:
            case Aggregate.TASK:
                self.tasks.add(TaskId(event.key.id))
            case Aggregate.RUNNER:
                self.runners.add(RunnerId(event.key.id))
            case Aggregate.ACCOUNT if isinstance(event.data, QuotaSet):
                self.accounts.add(AccountId(event.key.id))
            case _:
                pass


class BoardStore:
    """Through a pool whose search path is the scheduler's schema."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._killers: dict[tuple[ModelId, TaskKind], int] = {}
        """As they are stored."""

    async def load(self) -> Board:
        async with self._pool.acquire() as connection:
            sequence: int = await connection.fetchval(_QUERIES["load_checkpoint"])
            runners = [_known_runner(row) for row in await connection.fetch(_QUERIES["load_runners"])]
            quotas = {row["account"]: row["running"] for row in await connection.fetch(_QUERIES["load_quotas"])}
            killers = {
                (row["model"], TaskKind(row["kind"])): row["sequence"]
                for row in await connection.fetch(_QUERIES["load_killers"])
            }
            board = Board(
                sequence,
                runners={entry.id: entry for entry in runners},
                held=Running(quotas=quotas),
                killers=Killers(killers),
            )
            self._killers = dict(killers)
            async with connection.transaction():
                async for row in connection.cursor(_QUERIES["load_tasks"], prefetch=_AT_ONCE):
                    board.take_in(_open_task(row))
        return board

    async def save(self, board: Board, touched: Touched) -> None:
        """Store what was touched, and that everything up to its last event was folded. The board may go on meanwhile."""
        rows = {
            "save_runners": [_runner_row(board.runners[id_]) for id_ in touched.runners],
            "save_quotas": [_quota_row(board, id_) for id_ in touched.accounts],
        }
        async with self._pool.acquire() as connection, connection.transaction():
            # A crash may take the last moments of board and checkpoint together: the log brings them back.
            await connection.execute("SET LOCAL synchronous_commit = off")
            await _save_tasks(connection, board, touched.tasks)
            for name, given in rows.items():
                if given:
                    await connection.execute(_QUERIES[name], given)
            if (killers := dict(board.killers.since)) != self._killers:
                await connection.execute(_QUERIES["forget_killers"])
                await connection.executemany(
                    _QUERIES["save_killers"], [(*of, sequence) for of, sequence in killers.items()]
                )
            await connection.execute(_QUERIES["save_checkpoint"], touched.sequence)
        self._killers = killers


async def _save_tasks(connection: Connection, board: Board, touched: set[TaskId]) -> None:
    ids = iter(touched)
    while some := list(islice(ids, _AT_ONCE)):
        known = [board.tasks[id_] for id_ in some if id_ in board.tasks]
        if known:
            await connection.execute(_QUERIES["save_tasks"], *zip(*map(_task_row, known), strict=True))
        if gone := [id_ for id_ in some if id_ not in board.tasks]:
            await connection.execute(_QUERIES["delete_tasks"], gone)


def _quota_row(board: Board, account: AccountId) -> dict[str, Any]:
    return {"account": str(account), "running": board.held.quotas[account]}


def _open_task(row: Any) -> OpenTask:
    key: AggregateKey = task_key(Platform(row["platform"]), row["task_id"])
    known = Known(_TASK_STATE.validate_json(row["state"]), row["sequence"])
    return OpenTask(key, row["since"], row["owner"], row["correlation_id"], row["last_event"], known)


def _task_row(entry: OpenTask) -> tuple[Any, ...]:
    """Columns as the query takes them."""
    state = _TASK_STATE.dump_json(entry.state).decode()
    key = entry.key
    return (
        key.id, key.platform.value, entry.since, entry.owner, entry.correlation_id, entry.last_event, entry.sequence,
        state,
    )  # fmt: skip


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
