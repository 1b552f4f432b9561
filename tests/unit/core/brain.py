"""A scheduler without its loops."""

from dataclasses import dataclass, field
from uuid import UUID

from core.events.envelope import Fact, Origin
from core.events.ids import AccountId, CommandId, Platform, TaskId, new_id
from core.events.runner import Appeared, Enrolled, Pool
from core.events.subjects import AggregateKey, runner_key, task_key
from core.scheduler.board import Board
from core.scheduler.decisions import Decisions
from core.scheduler.open_task import OpenTask
from tests.unit.core.memory_log import MemoryLog
from tests.unit.domain.spec import START
from tests.unit.domain.task_facts import OTHER_RUNNER, RUNNER

OWNER = AccountId(UUID(int=7))


@dataclass
class Brain:
    """What is stored is folded at once. Two runners are there."""

    log: MemoryLog = field(default_factory=MemoryLog)
    board: Board = field(default_factory=Board)

    def __post_init__(self) -> None:
        self.log.told = self.board.apply
        self.decisions = Decisions(self.log, self.board, lambda: START)
        for runner in (RUNNER, OTHER_RUNNER):
            for fact in (Enrolled(pool=Pool.PUBLIC), Appeared()):
                self.record(runner_key(Platform.X86, runner), fact)

    def task(self, number: int, *facts: Fact) -> AggregateKey:
        key = task_key(Platform.X86, TaskId(UUID(int=number)))
        for fact in facts:
            self.record(key, fact)
        return key

    def record(self, key: AggregateKey, fact: Fact) -> None:
        id_ = CommandId(new_id())
        self.board.apply(self.log.store(key, fact, Origin(id_, OWNER, OWNER, id_)))

    def entry(self, key: AggregateKey) -> OpenTask:
        return self.board.tasks[TaskId(key.id)]

    def types(self, key: AggregateKey) -> list[str]:
        return [event.type for event in self.log.events if event.key == key]
