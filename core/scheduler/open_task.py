"""A task that has not ended, as the board holds it: in few bytes while it waits, for a hundred thousand may. No I/O."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from core.domain.task import Status, TaskState
from core.events import task
from core.events.ids import AccountId, EventId, ModelId, RunnerId, TaskId
from core.events.subjects import AggregateKey
from core.nats.execute import Known
from core.protocol.orders import AttemptRef
from core.spans.span import of_event
from core.trace import Point

_STATE = TypeAdapter(TaskState)
_HALF = 16
"""Bytes of an id."""


class OpenTask:
    """``since``: sequence of its submission. ``last_event``: what the next decision follows from. ``known`` may be set, and is read anew from its packed form while that is kept."""

    __slots__ = ("_ids", "_known", "_packed", "_ref", "key", "owner", "sequence", "since", "status")

    def __init__(
        self,
        key: AggregateKey,
        since: int,
        owner: AccountId,
        correlation_id: UUID,
        last_event: EventId,
        known: Known[TaskState],
    ) -> None:
        self.key = key
        self.since = since
        self.owner = owner
        self._ids = correlation_id.bytes + last_event.bytes
        self.known = known

    @property
    def known(self) -> Known[TaskState]:
        if self._known is None:
            return Known(_STATE.validate_json(self._packed), self.sequence)
        return self._known

    @known.setter
    def known(self, known: Known[TaskState]) -> None:
        self._known: Known[TaskState] | None = known
        self._packed = b""
        self._ref: AttemptRef | None = None
        self.sequence = known.sequence
        self.status = known.state.status

    def pack(self) -> None:
        """Nobody will ask for its state soon. A state takes 7 kB as objects."""
        if self._known is not None:
            self._packed = _STATE.dump_json(self._known.state, exclude_defaults=True)
            self._known = self._ref = None

    def unpack(self) -> None:
        """Somebody will, more than once."""
        self.known = self.known

    def speaks_of(self, model: ModelId) -> bool:
        """Whether the model may be this task's: a look that reads nothing anew, and is right whenever it says no."""
        if self._known is None:
            return str(model).encode() in self._packed
        return self.submitted.model_id == model

    @property
    def correlation_id(self) -> UUID:
        return UUID(bytes=self._ids[:_HALF])

    @property
    def last_event(self) -> EventId:
        return EventId(UUID(bytes=self._ids[_HALF:]))

    @last_event.setter
    def last_event(self, event: EventId) -> None:
        self._ids = self._ids[:_HALF] + event.bytes

    @property
    def at(self) -> Point:
        """The span of its last event, under which stands what comes next."""
        return Point(self.correlation_id, of_event(self.last_event))

    @property
    def id(self) -> TaskId:
        return TaskId(self.key.id)

    @property
    def state(self) -> TaskState:
        return self.known.state

    @property
    def submitted(self) -> task.Submitted:
        submitted = self.state.submitted
        if submitted is None:
            raise AssertionError(f"task {self.id} is on the board before it was submitted")
        return submitted

    @property
    def queued_at(self) -> datetime:
        queued_at = self.state.queued_at
        if queued_at is None:
            raise AssertionError(f"task {self.id} does not wait")
        return queued_at

    @property
    def ref(self) -> AttemptRef:
        """The attempt that runs now, or ran last."""
        if self._ref is None:
            self._ref = AttemptRef(task=self.id, attempt=self.state.attempt)
        return self._ref

    @property
    def running(self) -> bool:
        return self.status in {Status.RUNNING, Status.CANCELLING}

    @property
    def runner_id(self) -> RunnerId:
        return self.state.runners[-1]
