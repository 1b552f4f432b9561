"""Decide and append, until it stands or is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast

from core import trace
from core.domain.decider import Decider
from core.events.envelope import Fact, Origin, Recorded
from core.events.ids import event_id_of
from core.events.subjects import AggregateKey
from core.nats.log import ConflictError, EventLog, LogUnavailableError
from core.spans.span import Kind, anybody_collects, of_event, span
from core.trace import Point

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E", bound=Fact)

_TRIES = 20


@dataclass(frozen=True)
class Known(Generic[S]):
    """The state of an aggregate at its last sequence (0: it has no events)."""

    state: S
    sequence: int


@dataclass(frozen=True)
class Outcome(Generic[S, E]):
    """``fact`` is None when the command asked for what already was."""

    known: Known[S]
    fact: E | None


async def load(log: EventLog, decider: Decider[S, C, E], key: AggregateKey) -> Known[S]:
    """The present state of an aggregate, from its whole history. Raises LogUnavailableError."""
    return _fold(decider, cast(list[Recorded[E]], await log.history(key)))


async def execute(
    log: EventLog,
    decider: Decider[S, C, E],
    key: AggregateKey,
    command: C,
    origin: Origin,
    now: Callable[[], datetime],
    known: Known[S] | None = None,
) -> Outcome[S, E]:
    """Carry out one command, exactly once per command id.

    ``known``: a state to decide on without reading the history first; it is read when the log has moved on.
    Raises RejectedError, or LogUnavailableError (try again with the same command id).
    """
    with _decision(key, origin) as told:
        for _ in range(_TRIES):
            if known is None:
                history = cast(list[Recorded[E]], await log.history(key))
                known = _fold(decider, history)
                done = next((event.data for event in history if event.id == event_id_of(origin.command_id)), None)
                if done is not None:
                    told(done, known.sequence)
                    return Outcome(known, done)
            at = now()
            fact = decider.decide(known.state, command, at)
            if fact is None:
                return Outcome(known, None)
            try:
                appended = await log.append(key, fact, origin, expected=known.sequence)
            except ConflictError:
                known = None
                continue
            if not appended.duplicate:
                told(fact, appended.sequence)
                return Outcome(Known(decider.evolve(known.state, fact, at), appended.sequence), fact)
            known = None
        raise LogUnavailableError(f"{key.filter}: others were faster {_TRIES} times in a row")


@contextmanager
def _decision(key: AggregateKey, origin: Origin) -> Iterator[Callable[[Fact, int], None]]:
    """The span of a decision; call what it gives with the fact that came of it, and its sequence."""
    if not anybody_collects():
        yield _untold
        return
    with span(f"decide {key.aggregate}", at=_above(origin), kind=Kind.PRODUCER) as telling:

        def told(fact: Fact, sequence: int) -> None:
            if telling is not None:
                telling.name, telling.id = f"{key.aggregate}.{fact.type}", of_event(event_id_of(origin.command_id))
                telling.attributes |= {"mgeprof.id": str(key.id), "mgeprof.sequence": sequence}

        yield told


def _untold(_fact: Fact, _sequence: int) -> None:
    """Where nobody collects spans."""


def _above(origin: Origin) -> Point:
    """What is done here under the event's trace, or else the event that it follows from."""
    here = trace.current()
    if here is not None and here.trace == origin.correlation_id:
        return here
    cause = origin.causation_id
    return Point(origin.correlation_id, None if cause is None else of_event(cause))


def _fold(decider: Decider[S, C, E], history: list[Recorded[E]]) -> Known[S]:
    return Known(decider.fold(history), history[-1].sequence if history else 0)
