"""Orders and results for a runner's tests."""

from uuid import UUID

from core.events.ids import TaskId, new_id
from core.events.task import TaskKind
from core.events.values import ProfileOptions
from core.protocol.orders import AttemptRef, Report, Result, WorkOrder
from tests.unit.domain.task_facts import completed


def ref(number: int = 1, attempt: int = 1) -> AttemptRef:
    return AttemptRef(task=TaskId(UUID(int=number)), attempt=attempt)


def order(of: AttemptRef | None = None) -> WorkOrder:
    return WorkOrder(
        ref=of or ref(),
        kind=TaskKind.PROFILE,
        model="a" * 64,
        inputs=("b" * 64,),
        request="c" * 64,
        engine="1.13.0",
        options=ProfileOptions(),
    )


def report(of: AttemptRef | None = None, result: Result | None = None) -> Report:
    of = of or ref()
    return Report(id=new_id(), ref=of, result=result or completed(of.attempt))
