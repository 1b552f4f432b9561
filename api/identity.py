"""Who is asking, once that is known."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from api.accounts.scopes import OF_ROLE, Scope
from core.events.account import Role
from core.events.ids import AccountId

Via = Literal["session", "key", "local"]


@dataclass(frozen=True)
class Identity:
    """``account`` owns what it makes. ``scopes``: what this way in may do, never more than the role has."""

    account: AccountId
    name: str
    role: Role = Role.USER
    scopes: frozenset[Scope] = OF_ROLE[Role.USER]
    via: Via = "session"
    session: UUID | None = None
    key: UUID | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this way in may administer."""
        return self.role is Role.ADMIN and Scope.ADMIN in self.scopes
