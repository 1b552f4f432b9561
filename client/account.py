"""One's own account: who one is, one's keys and password; and getting in with a password."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from client.connection import Connection
from client.credentials import Credential
from client.http import Http, Patience
from client.resource import Resource

# A person waits in front of the screen, and too many tries do not get better by trying on.
IMPATIENT = Patience(first_s=3.0, within_s=3.0)
KEY_DAYS = 90.0


class Me(Resource):
    """``via``: session, key or local (the embedded stack's own token)."""

    id: str
    name: str
    role: str = ""
    scopes: list[str] = []
    via: str = ""
    email: str | None = None
    language: str | None = None


class Key(Resource):
    """``key`` is the secret itself, there only when the key was just made."""

    id: str
    name: str
    beginning: str = ""
    scopes: list[str] = []
    created_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    key: str | None = None


class KeyList(Resource):
    items: list[Key]


class Invitation(Resource):
    """``url`` lets one person in, and is there only when the invitation was just made. ``mailed``: whether it was sent, too."""

    id: str
    role: str = ""
    email: str | None = None
    expires_at: datetime | None = None
    url: str | None = None
    mailed: bool = False


class Quota(Resource):
    """What may be used; None: without end."""

    tasks_a_day: int | None = None
    running: int | None = None
    stored_bytes: int | None = None


class Usage(Resource):
    """``tasks_today``: submitted in the last 24 hours."""

    tasks_today: int = 0
    running: int = 0
    stored_bytes: int = 0
    quota: Quota = Quota()


class LoginSession(Resource):
    """Where somebody is logged in with a browser. ``current``: whether it is the one that asks."""

    id: str
    user_agent: str = ""
    address: str = ""
    current: bool = False
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    expires_at: datetime | None = None


class LoginSessionList(Resource):
    items: list[LoginSession] = []


class ConnectLink(Resource):
    """``url`` logs one browser in, once."""

    url: str
    expires_at: datetime | None = None


class Account:
    """What the caller can do about its own account: ``client.account``."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def me(self) -> Me:
        return Me.read(await self._http.get("/me"))

    async def keys(self) -> KeyList:
        return KeyList.read(await self._http.get("/keys"))

    async def create_key(self, name: str, scopes: Sequence[str] | None = None, days: float | None = 365.0) -> Key:
        """A key for a program. A key may not make keys: this needs a session (see `session`) or the local token.

        Args:
            name: what people shall call it.
            scopes: of read, submit, admin, runner; without any, read and submit.
            days: after which it is over; None: never.
        """
        body: dict[str, Any] = {"name": name, "expires_in_days": days}
        if scopes is not None:
            body["scopes"] = list(scopes)
        return Key.read(await self._http.post("/keys", body))

    async def revoke_key(self, key_id: str) -> None:
        await self._http.delete(f"/keys/{quote(key_id, safe='')}")

    async def invite(self, role: str = "user", email: str | None = None, days: float | None = None) -> Invitation:
        """A link that lets one person in; for administrators."""
        asked = {"role": role, "email": email, "expires_in_days": days}
        return Invitation.read(await self._http.post("/invitations", asked))

    async def usage(self) -> Usage:
        """What one uses, and what one may."""
        return Usage.read(await self._http.get("/me/usage"))

    async def change(self, changes: Mapping[str, str]) -> Me:
        """``name``, ``email`` (with the present ``password``), ``language`` (en or zh). Not with a key."""
        return Me.read(await self._http.patch("/me", dict(changes)))

    async def delete(self) -> None:
        """With everything that is one's own; nothing brings it back. Not with a key."""
        await self._http.delete("/me")

    async def sessions(self) -> LoginSessionList:
        return LoginSessionList.read(await self._http.get("/me/sessions"))

    async def end_session(self, session_id: str) -> None:
        await self._http.delete(f"/me/sessions/{quote(session_id, safe='')}")

    async def logout_everywhere(self) -> None:
        """All sessions end; keys stay."""
        await self._http.post("/me/logout-everywhere")

    async def connect_link(self) -> ConnectLink:
        """A link that logs one browser in; with the token in the home of `mgeprof up` only."""
        return ConnectLink.read(await self._http.post("/auth/connect-link"))

    async def change_password(self, password: str, new_password: str) -> None:
        """All other sessions end; keys stay."""
        await self._http.post("/me/password", {"password": password, "new_password": new_password})


@asynccontextmanager
async def session(url: str, login: str, password: str) -> AsyncIterator[Account]:
    """Be logged in with a password for as long as the block lasts."""
    async with Http(Connection(url), patience=IMPATIENT) as http:
        begun = await http.post("/auth/login", {"login": login, "password": password, "remember": False})
        async with _during(url, begun) as account:
            yield account


@asynccontextmanager
async def registration(
    url: str, name: str, password: str, *, email: str | None = None, token: str | None = None
) -> AsyncIterator[Account]:
    """Make an account, with the token of an invitation where that is needed, and be logged in for as long as the block lasts."""
    asked = {"name": name, "password": password, "email": email, "token": token, "remember": False}
    async with Http(Connection(url), patience=IMPATIENT) as http:
        begun = await http.post("/auth/register", asked)
        async with _during(url, begun) as account:
            yield account


@asynccontextmanager
async def _during(url: str, begun: dict[str, Any]) -> AsyncIterator[Account]:
    async with Http(Connection(url, begun["access_token"]), patience=IMPATIENT) as http:
        try:
            yield Account(http)
        finally:
            await http.post("/auth/logout", {"refresh_token": begun["refresh_token"]})


async def set_password(url: str, token: str, password: str) -> None:
    """With the token of a link that was made for somebody who forgot theirs."""
    async with Http(Connection(url), patience=IMPATIENT) as http:
        await http.post("/auth/password", {"token": token, "password": password})


async def forgot_password(url: str, login: str) -> None:
    """Have such a link sent to the account's address, where mail is configured."""
    async with Http(Connection(url), patience=IMPATIENT) as http:
        await http.post("/auth/forgot", {"login": login})


async def machine_key(account: Account, scopes: Sequence[str] | None = None, days: float = KEY_DAYS) -> Credential:
    """A key for this machine's command line; without scopes it may do all that its owner may."""
    me = await account.me()
    key = await account.create_key(f"command line on {socket.gethostname()}"[:64], scopes or me.scopes, days)
    return Credential(key.key or "", me.name, key.id)
