from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from api.accounts.scopes import OF_ROLE, Scope
from api.errors.problem import RefusedError
from api.identity import Identity
from api.visibility import Reach, Viewer, Whose, check_change, may_change, may_see, reach
from core.events.account import Role
from core.events.ids import AccountId
from core.events.ownership import Visibility

OWNER, OTHER = AccountId(UUID(int=1)), AccountId(UUID(int=2))
TASK, OTHER_TASK = UUID(int=10), UUID(int=11)


@dataclass(frozen=True)
class Thing:
    visibility: Visibility
    owner: UUID = OWNER


PRIVATE, TEAM = Thing(Visibility.PRIVATE), Thing(Visibility.TEAM)


def person(account: AccountId, role: Role = Role.USER, *without: Scope) -> Identity:
    return Identity(account, "somebody", role, OF_ROLE[role] - set(without))


@pytest.mark.parametrize(
    ("who", "private", "team", "change"),
    [
        (person(OWNER), True, True, True),
        (person(OWNER, Role.GUEST), True, True, True),
        (person(OTHER), False, True, False),
        (person(OTHER, Role.GUEST), False, False, False),
        (person(OTHER, Role.ADMIN), True, True, True),
        (person(OTHER, Role.ADMIN, Scope.ADMIN), False, True, False),
    ],
)
def test_who_sees_and_who_changes(who: Identity, private: bool, team: bool, change: bool) -> None:
    assert (may_see(who, PRIVATE), may_see(who, TEAM), may_change(who, OWNER)) == (private, team, change)
    if not change:
        with pytest.raises(RefusedError, match="somebody else"):
            check_change(who, TEAM, "The task")


def test_a_link_opens_one_task_and_nothing_else() -> None:
    stranger = Viewer(None, frozenset({TASK}))
    assert stranger.may_see_task(TASK, PRIVATE)
    assert not stranger.may_see_task(OTHER_TASK, TEAM)
    assert not Viewer(None).may_see_task(TASK, TEAM)
    member = Viewer(person(OTHER), frozenset({TASK}))
    assert member.may_see_task(TASK, PRIVATE)
    assert member.may_see_task(OTHER_TASK, TEAM)
    assert not member.may_see_task(OTHER_TASK, PRIVATE)


def test_lists_reach_as_far_as_the_eye() -> None:
    for role in Role:
        assert reach(person(OTHER, role), Whose.MINE) == Reach(OTHER)
    assert reach(person(OTHER), Whose.ANYONE) == Reach(OTHER, team=True)
    assert reach(person(OTHER, Role.GUEST), Whose.ANYONE) == Reach(OTHER)
    assert reach(person(OTHER, Role.ADMIN), Whose.ANYONE) == Reach(None)
    assert reach(person(OTHER, Role.ADMIN, Scope.ADMIN), Whose.ANYONE) == Reach(OTHER, team=True)
