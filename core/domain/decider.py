"""The shape that all aggregates share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Generic, TypeVar

from core.events.envelope import Fact, Recorded

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Fact)


class RejectedError(Exception):
    """A command that the present state does not allow: the caller's move. ``code`` is stable, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Decider(Generic[S, C, E]):
    """``decide`` answers None when the command asks for what already is; it raises RejectedError when it cannot be."""

    initial: S
    decide: Callable[[S, C, datetime], E | None]
    evolve: Callable[[S, E, datetime], S]

    def fold(self, history: Iterable[Recorded[E]]) -> S:
        return reduce(lambda state, event: self.evolve(state, event.data, event.time), history, self.initial)
