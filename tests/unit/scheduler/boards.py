"""A board folded from events, as the scheduler has it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.events import runner
from core.events.envelope import Fact, Recorded
from core.events.ids import AccountId, Aggregate, EventId, LabelId, ModelId, Platform, RunnerId, TaskId
from core.events.runner import Pool
from core.events.subjects import AggregateKey
from core.events.task import TaskEvent, TaskKind
from core.events.values import EngineOffer
from core.scheduler.board import Board, KnownRunner
from core.scheduler.open_task import OpenTask
from tests.unit.domain.task_facts import SUBMITTED, queued

START = datetime(2026, 1, 1, tzinfo=UTC)
ALICE, BOB = AccountId(UUID(int=100)), AccountId(UUID(int=200))


class BoardBuilder:
    """Records facts with growing sequences and folds them in."""

    def __init__(self) -> None:
        self.board = Board()

    def record(self, key: AggregateKey, fact: Fact, owner: AccountId = ALICE) -> Recorded[Fact]:
        sequence = self.board.sequence + 1
        event = Recorded(
            id=EventId(UUID(int=10_000 + sequence)),
            key=key,
            sequence=sequence,
            time=START + timedelta(seconds=sequence),
            owner=owner,
            actor=UUID(int=0),
            correlation_id=UUID(int=0),
            causation_id=None,
            data=fact,
        )
        self.board.apply(event)
        return event

    def task(
        self,
        number: int,
        *facts: TaskEvent,
        owner: AccountId = ALICE,
        engine: str = "1.13.0",
        kind: TaskKind = TaskKind.PROFILE,
        platform: Platform = Platform.X86,
        runner: RunnerId | None = None,
        labels: tuple[LabelId, ...] = (),
        pool: Pool | None = None,
        model: ModelId = SUBMITTED.model_id,
    ) -> OpenTask:
        """A queued task, or one that went on through ``facts``."""
        key = AggregateKey(Aggregate.TASK, platform, UUID(int=number))
        wanted = {"engine": engine, "kind": kind, "runner": runner, "labels": labels, "pool": pool, "model_id": model}
        submitted = SUBMITTED.model_copy(update=wanted)
        life: tuple[TaskEvent, ...] = (submitted, queued(), *facts)
        for fact in life:
            self.record(key, fact, owner)
        return self.board.tasks[TaskId(key.id)]

    def runner(
        self,
        number: int,
        *,
        engines: tuple[str, ...] = ("1.13.0",),
        pool: runner.Pool = runner.Pool.PUBLIC,
        grants: tuple[AccountId, ...] = (),
        platform: Platform = Platform.X86,
        driver: str = "megengine",
        sandbox: runner.SandboxKind = runner.SandboxKind.BUBBLEWRAP,
    ) -> KnownRunner:
        key = AggregateKey(Aggregate.RUNNER, platform, UUID(int=number))
        offers = tuple(EngineOffer(version=version, driver=driver, build=version) for version in engines)
        described = runner.Described(
            engines=offers, slots=1, cpu="cpu", cores=1, memory=1, kernel="Linux", software="0", sandbox=sandbox
        )
        granted = (runner.Granted(account=account) for account in grants)
        life: tuple[runner.RunnerEvent, ...] = (runner.Enrolled(pool=pool), described, runner.Appeared(), *granted)
        for fact in life:
            self.record(key, fact)
        return self.board.runners[RunnerId(key.id)]
