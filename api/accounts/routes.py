"""``/me``: one's own account and sessions."""

from dataclasses import replace
from uuid import UUID

from fastapi import Response, status

from api.access import Caller, OwnerCaller
from api.accounts import cookies, enter, sessions, users
from api.accounts.limits import Action
from api.accounts.passwords import check
from api.accounts.resources import ChangePassword, Me, ProfileChange, SessionList, SessionResource
from api.accounts.users import UserRow
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain.told import Told
from core.events.ids import LOCAL_ACCOUNT, AccountId

router = router_at("/me", tag="account")


@router.get("", responses=documented())
async def get_me(caller: Caller, parts: PartsOf) -> Me:
    """Whose token this is."""
    return await enter.describe(parts, caller)


@router.patch(
    "",
    operation_id="change_profile",
    responses=documented("session_needed", "name_taken", "email_taken", "password_wrong", "rate_limited"),
)
async def change_profile(change: ProfileChange, caller: OwnerCaller, parts: PartsOf) -> Me:
    """Change name, e-mail address or language. What people see of others' work shows the new name at once."""
    if caller.account == LOCAL_ACCOUNT:
        raise RefusedError("session_needed", "The embedded stack's own account stays as it is.")
    user = await _user(parts, caller.account)
    if change.email is not None and change.email != user.email:
        await _check_password(parts, user, change.password.get_secret_value() if change.password else "")
    changed = replace(
        user,
        name=change.name or user.name,
        email=change.email or user.email,
        language=change.language or user.language,
    )
    await users.change(parts.pool, changed)
    return await enter.describe(parts, replace(caller, name=changed.name))


@router.post(
    "/password",
    operation_id="change_password",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented("password_wrong", "password_weak", "rate_limited", "hashing_busy"),
)
async def change_password(change: ChangePassword, caller: Caller, parts: PartsOf) -> None:
    """Set a new password. All other sessions end; API keys stay: revoke those that somebody else may know."""
    user = await _user(parts, caller.account)
    new = change.new_password.get_secret_value()
    await _check_password(parts, user, change.password.get_secret_value())
    check(new, user.name, user.email)
    hashed = await parts.accounts.passwords.hash(new)
    async with parts.pool.acquire() as connection, connection.transaction():
        await users.set_password(connection, user.id, hashed)
        await sessions.end_all(connection, user.id, but=caller.session)


@router.get("/sessions", operation_id="list_sessions", responses=documented())
async def list_sessions(caller: Caller, parts: PartsOf) -> SessionList:
    """Where one is logged in, the newest use first."""
    found = await sessions.of_account(parts.pool, caller.account)
    return SessionList(items=[SessionResource(**one.__dict__, current=one.id == caller.session) for one in found])


@router.delete(
    "/sessions/{session_id}",
    operation_id="end_session",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented("session_unknown"),
)
async def end_session(session_id: UUID, caller: Caller, parts: PartsOf) -> None:
    """Log out somewhere else. Holds at once."""
    if not await sessions.end(parts.pool, session_id, caller.account):
        raise RefusedError("session_unknown", Told("There is no session {session_id}.", session_id=session_id))


@router.post(
    "/logout-everywhere",
    operation_id="logout_everywhere",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(),
)
async def logout_everywhere(caller: Caller, parts: PartsOf, response: Response) -> None:
    """End all sessions, also the one that asks. Holds at once."""
    await sessions.end_all(parts.pool, caller.account)
    cookies.clear(response, parts)


async def _user(parts: Parts, account: AccountId) -> UserRow:
    user = await users.find(parts.pool, account)
    if user is None:
        raise RefusedError("account_unknown", "There is no such account.")
    return user


async def _check_password(parts: Parts, user: UserRow, password: str) -> None:
    """As often as at a login: who holds a session or a key only must not be able to find out the password."""
    await parts.accounts.limits.spend(Action.LOGIN, f"account {user.id}")
    if not await parts.accounts.passwords.verify(password, user.password_hash):
        raise RefusedError("password_wrong", "The present password is wrong.")
