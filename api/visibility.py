"""Who may see and who may change what: the one place that says so. What somebody may not see does not exist for them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from api.errors.problem import RefusedError
from api.identity import Identity
from core.domain.told import Told
from core.events.account import Role
from core.events.ids import AccountId
from core.events.ownership import Visibility


class Owned(Protocol):
    """A task, a model or a dataset."""

    @property
    def owner(self) -> UUID: ...

    @property
    def visibility(self) -> Visibility: ...


class Whose(StrEnum):
    """What a list shows."""

    MINE = "mine"
    ANYONE = "anyone"
    """Everything that one may see: one's own and the team's, and all there is for an administrator."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks at tasks: a known person, or whoever holds links to the tasks ``opened``.

    ``links``: the digests of their secrets.
    """

    identity: Identity | None
    opened: frozenset[UUID] = frozenset()
    links: frozenset[str] = frozenset()

    def may_see_task(self, task: UUID, thing: Owned) -> bool:
        return task in self.opened or (self.identity is not None and may_see(self.identity, thing))


@dataclass(frozen=True)
class Reach:
    """The rows of a list, for SQL: those of ``owner`` (None: of everybody), and with ``team`` those that are shown to the team."""

    owner: AccountId | None
    team: bool = False


def may_see(who: Identity, thing: Owned) -> bool:
    """Owners and administrators see everything of theirs; what is shown to the team is for all but guests."""
    if may_change(who, thing.owner):
        return True
    return thing.visibility is Visibility.TEAM and is_of_the_team(who)


def may_change(who: Identity, owner: UUID) -> bool:
    return who.account == owner or who.is_admin


def check_change(who: Identity, thing: Owned, what: str) -> None:
    """For a thing that was found to be visible. Raises RefusedError with ``not_yours``."""
    if not may_change(who, thing.owner):
        raise RefusedError("not_yours", Told("{what} belongs to somebody else; you may look at it.", what=what))


def reach(who: Identity, whose: Whose) -> Reach:
    if whose is Whose.MINE or not (who.is_admin or is_of_the_team(who)):
        return Reach(who.account)
    return Reach(None) if who.is_admin else Reach(who.account, team=True)


def is_of_the_team(who: Identity) -> bool:
    return who.role is not Role.GUEST
