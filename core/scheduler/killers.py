"""Models that took runners down: what already waits of one is withheld, until a run of it has come through or whoever may say so has asked for another.

The api takes no new tasks of such a model without its owner's word (``despite_losses``). So what was submitted after the losses is known to be wanted all the same, and what was submitted before is not. No I/O.
"""

from dataclasses import dataclass, field

from core.domain.task import MAX_LOSSES, Status, TaskState
from core.events.ids import ModelId
from core.events.task import TaskKind


@dataclass
class Killers:
    """``since``: by model and by what was done with it, the sequence of the event with which a task of it ended that had lost all its runners."""

    since: dict[tuple[ModelId, TaskKind], int] = field(default_factory=dict)

    def learn_end(self, state: TaskState, sequence: int) -> bool:
        """A task came to its end; whether that changes what is withheld. An end that is older than what is known changes nothing: after a crash the log tells of it again."""
        if state.submitted is None:
            return False
        of = (state.submitted.model_id, state.submitted.kind)
        known = self.since.get(of, 0)
        if sequence <= known:
            return False
        if state.status is Status.FAILED and state.losses >= MAX_LOSSES:
            self.since[of] = sequence
            return True
        if state.status is Status.COMPLETED and known:
            del self.since[of]
            return True
        return False

    def withhold(self, model: ModelId, since: int) -> bool:
        """Whether a task of this model waits in vain that was submitted with this sequence."""
        return bool(self.since) and any(since < self.since.get((model, kind), 0) for kind in TaskKind)
