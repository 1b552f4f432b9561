"""What a token may be used for, and how much of that each role has."""

from enum import StrEnum
from typing import Final

from core.events.account import Role


class Scope(StrEnum):
    READ = "read"
    """Look at what the account may see."""
    SUBMIT = "submit"
    """Upload, submit, cancel: every command that is not named below."""
    ADMIN = "admin"
    """Administer, when the account's role allows it."""
    RUNNER = "runner"
    """Make enrolment tokens, and look after one's own runners."""


OF_ROLE: Final[dict[Role, frozenset[Scope]]] = {
    Role.GUEST: frozenset({Scope.READ, Scope.SUBMIT}),
    Role.USER: frozenset({Scope.READ, Scope.SUBMIT, Scope.RUNNER}),
    Role.ADMIN: frozenset(Scope),
}
"""A key may ask for more; it never has more than its account's role has today."""
