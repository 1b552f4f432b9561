"""An aggregate as it was: the fold that the system runs on, stopped earlier or looked at step by step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Generic, TypeVar

from core.domain.decider import Decider
from core.events.envelope import Fact, Recorded

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Fact)


@dataclass(frozen=True)
class Moment:
    """Right after the event ``sequence``, and not after ``time``; None: without that limit. A sequence of any aggregate will do."""

    sequence: int | None = None
    time: datetime | None = None

    def covers(self, event: Recorded[Fact]) -> bool:
        return (self.sequence is None or event.sequence <= self.sequence) and (
            self.time is None or event.time <= self.time
        )


NOW = Moment()
BEFORE_ALL = Moment(sequence=0)


@dataclass(frozen=True)
class Step(Generic[S, E]):
    """One event, and what it made of the state."""

    event: Recorded[E]
    before: S
    after: S


def until(history: Iterable[Recorded[E]], moment: Moment) -> list[Recorded[E]]:
    """The part of a history, oldest first, that had happened by then."""
    return list(takewhile(moment.covers, history))


def steps(decider: Decider[S, C, E], history: Iterable[Recorded[E]]) -> Iterator[Step[S, E]]:
    state = decider.initial
    for event in history:
        before, state = state, decider.evolve(state, event.data, event.time)
        yield Step(event, before, state)
