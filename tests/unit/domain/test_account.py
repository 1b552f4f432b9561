import pytest

from core.domain.account import ACCOUNT, ChangeRole, Command, Delete, Disable, Enable, Register, SetQuota
from core.events import account
from core.events.account import Admission, Role
from tests.unit.domain.spec import given

REGISTER = Register(Role.USER, Admission.OPEN)
REGISTERED = account.Registered(role=Role.USER, admission=Admission.OPEN)
QUOTA = account.QuotaSet(tasks_a_day=10, running=2, stored_bytes=None)


def test_an_account_is_registered_once() -> None:
    given(ACCOUNT).when(REGISTER).then(REGISTERED)
    given(ACCOUNT, REGISTERED).when(REGISTER).then_refused("account_exists")
    given(ACCOUNT, REGISTERED, account.Deleted()).when(REGISTER).then_refused("account_exists")


@pytest.mark.parametrize("command", [ChangeRole(Role.ADMIN), Disable(), Enable(), Delete(), SetQuota(QUOTA)])
@pytest.mark.parametrize("facts", [(), (REGISTERED, account.Deleted())])
def test_who_is_not_there_cannot_be_changed(command: Command, facts: tuple[account.AccountEvent, ...]) -> None:
    given(ACCOUNT, *facts).when(command).then_refused("account_unknown")


def test_what_already_is_needs_no_event() -> None:
    given(ACCOUNT, REGISTERED).when(ChangeRole(Role.USER)).then_nothing()
    given(ACCOUNT, REGISTERED).when(Enable()).then_nothing()
    given(ACCOUNT, REGISTERED, account.Disabled()).when(Disable()).then_nothing()
    given(ACCOUNT, REGISTERED, QUOTA).when(SetQuota(QUOTA)).then_nothing()


def test_roles_and_standing_change() -> None:
    given(ACCOUNT, REGISTERED).when(ChangeRole(Role.ADMIN)).then(account.RoleChanged(role=Role.ADMIN))
    given(ACCOUNT, REGISTERED).when(Disable()).then(account.Disabled())
    given(ACCOUNT, REGISTERED, account.Disabled()).when(Enable()).then(account.Enabled())
    given(ACCOUNT, REGISTERED, account.Disabled()).when(Delete()).then(account.Deleted())
    given(ACCOUNT, REGISTERED).when(SetQuota(QUOTA)).then(QUOTA)
