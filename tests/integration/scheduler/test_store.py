"""What is stored of the board is the board again."""

from uuid import UUID

from core.events.account import QuotaSet
from core.events.failure import FailureKind
from core.events.ids import Aggregate, ModelId, Platform, RunnerId
from core.events.subjects import AggregateKey
from core.events.task import TaskKind
from core.postgres.connection import open_pool
from core.postgres.migrate import migrate
from core.scheduler.store import MIGRATIONS, SCHEMA, BoardStore, Touched
from tests.unit.domain.task_facts import completed, failed, lost, queued, started
from tests.unit.scheduler.boards import ALICE, BOB, BoardBuilder

KILLER = ModelId(UUID(int=66))


async def test_a_board_comes_back_as_it_was(database_url: str) -> None:
    await migrate(database_url, SCHEMA, MIGRATIONS)
    build = BoardBuilder()
    runner = build.runner(50)
    waits, runs = build.task(1, owner=BOB), build.task(2, started(1, runner.id))
    again = build.task(3, started(1, runner.id), lost(1, runner.id), queued(2))
    withheld, victim = build.task(4, model=KILLER), build.task(5, model=KILLER)
    build.record(
        AggregateKey(Aggregate.ACCOUNT, Platform.ANY, ALICE), QuotaSet(tasks_a_day=None, running=3, stored_bytes=None)
    )
    async with await open_pool(database_url, size=2, search_path=SCHEMA) as pool:
        store, touched = BoardStore(pool), Touched()
        touched.tasks = set(build.board.tasks)
        touched.runners, touched.accounts, touched.sequence = {runner.id}, {ALICE}, build.board.sequence
        await store.save(build.board, touched)
        touched = Touched()
        for attempt in (1, 2, 3):
            for fact in (started(attempt, runner.id), lost(attempt, runner.id)):
                touched.note(build.record(victim.key, fact))
        touched.note(build.record(victim.key, failed(3, FailureKind.RUNNER_LOST)))
        touched.note(build.record(runs.key, completed()))
        await store.save(build.board, touched)
        loaded = await BoardStore(pool).load()
        assert loaded.sequence == build.board.sequence
        assert set(loaded.tasks) == {waits.id, again.id, withheld.id}
        for task in (waits, again, withheld):
            found = loaded.tasks[task.id]
            assert (found.known, found.owner, found.since, found.last_event) == (
                task.known, task.owner, task.since, task.last_event,
            )  # fmt: skip
        assert [loaded.waiting.where(one.id).queue.lane.withheld for one in (waits, withheld)] == [False, True]
        assert loaded.runners[RunnerId(runner.id)].known == runner.known
        assert (loaded.held.quotas, loaded.killers.since) == (
            {ALICE: 3},
            {(KILLER, TaskKind.PROFILE): touched.sequence - 1},
        )
