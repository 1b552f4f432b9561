"""Where things stand on the bus: every subject, stream and durable name, in this one module."""

from dataclasses import dataclass
from uuid import UUID

from core.events.ids import AccountId, Aggregate, DatasetId, ModelId, Platform, ProjectId, RunnerId, TaskId

EVENTS = "EVENTS"
DISPATCH = "DISPATCH"
REPORTS = "REPORTS"

LOG_PREFIX = "log"
"""``EVENTS`` republishes what it stored to ``log.<aggregate>.<platform>.<id>.<type>``."""

SCHEDULER_REPORTS = "scheduler"
"""Durable consumer of the scheduler on ``REPORTS``."""


_AGGREGATES = {str(one): one for one in Aggregate}
_PLATFORMS = {str(one): one for one in Platform}


@dataclass(frozen=True, slots=True)
class AggregateKey:
    """Which one: ``task.x86.<id>``."""

    aggregate: Aggregate
    platform: Platform
    id: UUID

    @property
    def filter(self) -> str:
        """The one spelling of the filter over this aggregate's events; with replicas, two spellings let two writers win."""
        return f"{self.aggregate}.{self.platform}.{self.id}.*"

    def subject(self, event_type: str) -> str:
        return f"{self.aggregate}.{self.platform}.{self.id}.{event_type}"

    @classmethod
    def parse(cls, subject: str) -> "AggregateKey":
        """The key of an event subject. Raises ValueError when it is none."""
        aggregate, platform, id_, _event_type = subject.split(".")
        try:
            return cls(_AGGREGATES[aggregate], _PLATFORMS[platform], UUID(id_))
        except KeyError as error:
            raise ValueError(f"{subject} is no event's subject: there is no {error}") from error


def task_key(platform: Platform, task: TaskId) -> AggregateKey:
    return AggregateKey(Aggregate.TASK, platform, task)


def model_key(model: ModelId) -> AggregateKey:
    return AggregateKey(Aggregate.MODEL, Platform.ANY, model)


def dataset_key(dataset: DatasetId) -> AggregateKey:
    return AggregateKey(Aggregate.DATASET, Platform.ANY, dataset)


def project_key(project: ProjectId) -> AggregateKey:
    return AggregateKey(Aggregate.PROJECT, Platform.ANY, project)


def runner_key(platform: Platform, runner: RunnerId) -> AggregateKey:
    return AggregateKey(Aggregate.RUNNER, platform, runner)


def account_key(account: AccountId) -> AggregateKey:
    return AggregateKey(Aggregate.ACCOUNT, Platform.ANY, account)


def event_subjects() -> list[str]:
    return [f"{aggregate}.*.*.*" for aggregate in Aggregate]


def dispatch(platform: Platform, runner: RunnerId) -> str:
    return f"dispatch.{platform}.{runner}"


def dispatch_consumer(runner: RunnerId) -> str:
    """One durable consumer per runner: those that share one could ack each other's orders."""
    return f"runner-{runner}"


def report(runner: RunnerId, task: TaskId, attempt: int, kind: str) -> str:
    return f"report.{runner}.{task}.{attempt}.{kind}"


def rpc(runner: RunnerId, method: str) -> str:
    return f"rpc.{runner}.{method}"


def live(runner: RunnerId, task: TaskId) -> str:
    """Phases and log lines of a running attempt: bounded, droppable, never stored."""
    return f"rpc.{runner}.live.{task}"


def control_stop(runner: RunnerId) -> str:
    return f"ctl.{runner}.stop"
