"""Given facts, when a command comes, then a fact or a refusal: the way deciders are specified."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.domain.decider import Decider, RejectedError
from core.events.envelope import Fact

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Given:
    decider: Decider[Any, Any, Any]
    facts: tuple[Fact, ...]

    def when(self, command: object, *, after_s: float = 0.0) -> "When":
        """The command comes so many seconds after the last fact; facts are a second apart."""
        state, at = self.decider.initial, START
        for fact in self.facts:
            at += timedelta(seconds=1)
            state = self.decider.evolve(state, fact, at)
        return When(lambda: self.decider.decide(state, command, at + timedelta(seconds=after_s)))


@dataclass(frozen=True)
class When:
    decide: Callable[[], Fact | None]

    def then(self, expected: Fact) -> None:
        assert self.decide() == expected

    def then_nothing(self) -> None:
        assert self.decide() is None

    def then_refused(self, code: str) -> None:
        with pytest.raises(RejectedError) as refusal:
            self.decide()
        assert refusal.value.code == code


def given(decider: Decider[Any, Any, Any], *facts: Fact) -> Given:
    return Given(decider, facts)
