"""Conditions of a list's statement, and the arguments that they speak of."""

from collections.abc import Sequence
from typing import Any

from core.events.ids import TagId

AnyOfEach = tuple[tuple[TagId, ...], ...]
"""Tags to filter by: of each group at least one. What several people call the same has an id for each of them."""


class Clauses:
    """Collected for one statement; ``arguments`` in the order of its ``$1``, ``$2`` …"""

    def __init__(self) -> None:
        self.arguments: list[Any] = []
        self._clauses: list[str] = []

    def __str__(self) -> str:
        return " AND ".join(self._clauses) or "TRUE"

    def argument(self, value: object) -> str:
        """Its place."""
        self.arguments.append(value)
        return f"${len(self.arguments)}"

    def one_of(self, column: str, values: Sequence[object]) -> None:
        """A single value is compared by ``=``: with ANY the rows would not come out of an index in their order."""
        if len(values) == 1:
            self._clauses.append(f"{column} = {self.argument(values[0])}")
        else:
            self._clauses.append(f"{column} = ANY({self.argument(list(values))})")

    def seen_by(self, account: object) -> None:
        """What belongs to an account, or is shown to the team."""
        self._clauses.append(f"(owner = {self.argument(account)} OR visibility = 'team')")

    def tagged(self, groups: AnyOfEach) -> None:
        for group in groups:
            self._clauses.append(f"tags <> '{{}}' AND tags && {self.argument(list(group))}::uuid[]")

    def add(self, clause: str) -> None:
        self._clauses.append(clause)
