"""What administrators do: accounts, everybody's runs, storage, retention, and who did what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from client.account import Invitation, Quota, Usage
from client.errors import UnknownAccountError
from client.http import Http, Params
from client.ids import is_id
from client.resource import Resource


class User(Resource):
    """``admission``: how the account came to be. ``tasks``: how many runs it has."""

    id: str
    name: str
    email: str | None = None
    role: str = ""
    standing: str = ""
    admission: str = ""
    created_at: datetime | None = None
    last_seen_at: datetime | None = None
    tasks: int = 0


class UserPage(Resource):
    items: list[User] = []
    next_cursor: str | None = None


class InvitationList(Resource):
    items: list[Invitation] = []


class PasswordLink(Resource):
    """``url`` sets the account's password, once."""

    url: str
    expires_at: datetime | None = None


class Cancelled(Resource):
    """``remaining``: whether there are more."""

    cancelled: list[str] = []
    remaining: bool = False


class StorageOfUser(Resource):
    """Bytes."""

    account: str
    name: str | None = None
    models: int = 0
    inputs: int = 0
    artifacts: int = 0
    total: int = 0


class Storage(Resource):
    """``stored``: bytes as they lie in the object store. ``waiting``: deletions that are under way."""

    users: list[StorageOfUser] = []
    stored: int = 0
    waiting: int = 0


class Retention(Resource):
    """``files_days``: the files of runs that ended longer ago are deleted; None: never."""

    files_days: float | None = None
    changed_by: str | None = None
    changed_at: datetime | None = None


class RetentionRun(Resource):
    """``tasks``: runs whose files were deleted, or would be. ``bytes``: of those files."""

    tasks: int = 0
    bytes: int | None = None


class Act(Resource):
    """Somebody did something to a thing. Names are those of today."""

    id: str
    sequence: int = 0
    at: datetime | None = None
    actor: str = ""
    actor_name: str | None = None
    owner: str = ""
    owner_name: str | None = None
    type: str = ""
    thing: str = ""
    detail: dict[str, Any] = {}


class ActPage(Resource):
    items: list[Act] = []
    next_cursor: str | None = None


class Administration:
    """``client.administration``; needs an administrator's key with the scope ``admin``, or the local token."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def users(self, filters: Params | None = None) -> UserPage:
        """Newest first. Filters: q, role, standing, limit, cursor."""
        return UserPage.read(await self._http.get("/users", filters))

    async def user(self, name: str) -> User:
        """By name, e-mail address or id. Raises UnknownAccountError."""
        found = [one for one in (await self.users({"q": name, "limit": 500})).items if _is(one, name)]
        if len(found) != 1:
            raise UnknownAccountError(name)
        return found[0]

    async def account_id(self, name: str) -> str:
        """Of a name, an address, or an id itself, which also one that was deleted has. Raises UnknownAccountError."""
        return name if is_id(name) else (await self.user(name)).id

    async def change_user(self, user: User, changes: Mapping[str, Any]) -> User:
        """``role`` (user, guest, admin), ``disabled``."""
        return User.read(await self._http.patch(_at(user), dict(changes)))

    async def delete_user(self, user: User) -> None:
        """With everything that is theirs; nothing brings it back."""
        await self._http.delete(_at(user))

    async def password_link(self, user: User) -> PasswordLink:
        """For somebody who forgot their password; earlier links are void."""
        return PasswordLink.read(await self._http.post(f"{_at(user)}/password-link"))

    async def usage(self, user: User) -> Usage:
        return Usage.read(await self._http.get(f"{_at(user)}/usage"))

    async def set_quota(self, user: User, quota: Mapping[str, int | None]) -> Quota:
        """``tasks_a_day``, ``running``, ``stored_bytes``; what is left out is the installation's own again."""
        return Quota.read(await self._http.put_json(f"{_at(user)}/quota", dict(quota)))

    async def invitations(self) -> InvitationList:
        """Those that nobody has used yet."""
        return InvitationList.read(await self._http.get("/invitations"))

    async def revoke_invitation(self, invitation_id: str) -> None:
        await self._http.delete(f"/invitations/{quote(invitation_id, safe='')}")

    async def cancel_many(self, which: Mapping[str, Any]) -> Cancelled:
        """Oldest first, 200 at most: ``ids``, ``owner`` (ids), ``platform``, ``model``, ``state``, or ``everything``."""
        return Cancelled.read(await self._http.post("/admin/tasks/cancel", dict(which)))

    async def storage(self) -> Storage:
        return Storage.read(await self._http.get("/admin/storage"))

    async def retention(self) -> Retention:
        return Retention.read(await self._http.get("/admin/retention"))

    async def set_retention(self, days: float | None) -> Retention:
        """After how many days the files of runs are deleted; None: never."""
        return Retention.read(await self._http.patch("/admin/retention", {"files_days": days}))

    async def run_retention(self) -> RetentionRun:
        """Delete now what is due, at most the files of 200 runs."""
        return RetentionRun.read(await self._http.post("/admin/retention/run"))

    async def preview_retention(self, days: float | None = None) -> RetentionRun:
        """What would be deleted if files were kept for so many days; None: as is set. Nothing is."""
        return RetentionRun.read(await self._http.get("/admin/retention/due", {"days": days}))

    async def audit(self, filters: Params | None = None) -> ActPage:
        """Newest first. Filters: actor, thing, owner (ids), type (also a list), since, until, limit, cursor."""
        return ActPage.read(await self._http.get("/admin/audit", filters))


def _is(user: User, name: str) -> bool:
    return name.casefold() in {user.id, user.name.casefold(), (user.email or "").casefold()}


def _at(user: User) -> str:
    return f"/users/{quote(user.id, safe='')}"
