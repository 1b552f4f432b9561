"""What a runner found out about a model becomes a fact of the model itself."""

import asyncio
from typing import cast
from uuid import uuid5

import structlog

from core.domain.decider import RejectedError
from core.domain.model import Inspect
from core.domain.task import TASK
from core.events import model, task
from core.events.envelope import Fact, Recorded
from core.events.ids import CommandId, EventId, TaskId
from core.events.subjects import AggregateKey, model_key
from core.nats.execute import load
from core.nats.log import EventLog
from core.scheduler.decisions import Decisions

logger = structlog.get_logger(__name__)


class Inspections:
    def __init__(self, log: EventLog, decisions: Decisions) -> None:
        self._log = log
        self._decisions = decisions
        self._open: dict[EventId, Recorded[task.Inspected]] = {}
        self._settling = asyncio.Lock()

    def note(self, event: Recorded[Fact]) -> None:
        """What an inspection found is to be said of the model, unless that stands in the log behind it."""
        if isinstance(event.data, task.Inspected):
            self._open[event.id] = cast(Recorded[task.Inspected], event)
        elif isinstance(event.data, model.Inspected) and event.causation_id is not None:
            self._open.pop(event.causation_id, None)

    async def settle(self) -> None:
        """Append what is open. To be done before those events count as folded: then none is forgotten."""
        async with self._settling:
            while self._open:
                event = next(iter(self._open.values()))
                await self._append(event)
                self._open.pop(event.id, None)

    async def _append(self, event: Recorded[task.Inspected]) -> None:
        submitted = await self._submission(event.key)
        fact = model.Inspected(
            task_id=TaskId(event.key.id),
            engine=submitted.engine,
            operators=event.data.operators,
            parameters=event.data.parameters,
            computation=event.data.computation,
        )
        # The same event leads to the same command, however often the batch is folded.
        command = CommandId(uuid5(event.id, "model.inspected"))
        try:
            await self._decisions.on_model(model_key(submitted.model_id), Inspect(fact), event, command)
        except RejectedError as error:
            logger.info("the model is gone", action="model_gone", model=str(submitted.model_id), code=error.code)

    async def _submission(self, key: AggregateKey) -> task.Submitted:
        known = await self._decisions.patiently(lambda: load(self._log, TASK, key))
        if known.state.submitted is None:
            raise AssertionError(f"task {key.id} was inspected before it was submitted")
        return known.state.submitted
