"""Which events there are: the facts of each kind of aggregate, and what they are called."""

from typing import Any, Final, get_args

from core.events.account import AccountEvent
from core.events.envelope import Fact
from core.events.ids import Aggregate
from core.events.model import ModelEvent
from core.events.ownership import DatasetEvent
from core.events.project import ProjectEvent
from core.events.runner import RunnerEvent
from core.events.task import TaskEvent

UNIONS: Final[dict[Aggregate, Any]] = {
    Aggregate.TASK: TaskEvent,
    Aggregate.RUNNER: RunnerEvent,
    Aggregate.MODEL: ModelEvent,
    Aggregate.DATASET: DatasetEvent,
    Aggregate.PROJECT: ProjectEvent,
    Aggregate.ACCOUNT: AccountEvent,
}


def _by_type(union: Any) -> dict[str, type[Fact]]:
    return {fact.model_fields["type"].default: fact for fact in get_args(get_args(union)[0])}


FACTS: Final[dict[Aggregate, dict[str, type[Fact]]]] = {
    aggregate: _by_type(union) for aggregate, union in UNIONS.items()
}
"""The class of each event, by aggregate and type."""

EVENT_NAMES: Final = tuple(f"{aggregate}.{type_}" for aggregate, facts in FACTS.items() for type_ in facts)
"""``task.completed`` and all the others."""
