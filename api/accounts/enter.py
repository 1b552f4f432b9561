"""What all ways in have in common: a session begins, and goes to the browser or to the program."""

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Request, Response

from api.access import identity_of
from api.accounts import cookies, sessions, users
from api.accounts.address import address_of
from api.accounts.limits import Action
from api.accounts.resources import LoggedIn, Me
from api.accounts.sessions import Renewed, Visitor
from api.accounts.tokens import Claims
from api.accounts.users import UserRow
from api.errors.problem import RefusedError
from api.identity import Identity
from api.parts import Parts
from core.domain.account import Standing
from core.events.account import Role
from core.events.ids import AccountId


def address(request: Request, parts: Parts) -> str:
    return address_of(request, parts.settings.accounts.proxies)


async def spend(request: Request, parts: Parts, action: Action, *names: str) -> None:
    """Count a try by address and by each name. Raises RefusedError with ``rate_limited``."""
    for who in (address(request, parts), *names):
        await parts.accounts.limits.spend(action, who)


async def begin(
    request: Request,
    response: Response,
    parts: Parts,
    account: AccountId,
    *,
    in_cookies: bool,
    remembered: bool,
    key: UUID | None = None,
) -> LoggedIn:
    """``key``: the API key that begins it. Raises RefusedError with ``csrf_failed`` when a foreign page wants cookies set."""
    if in_cookies:
        cookies.check_origin(request, parts)
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))
    visitor = Visitor(agent, address(request, parts))
    life = timedelta(days=parts.settings.accounts.session_days)
    renewed = await sessions.begin(parts.pool, account, visitor, life, remembered=remembered, key=key)
    return await hand_out(response, parts, renewed, in_cookies=in_cookies)


async def hand_out(response: Response, parts: Parts, renewed: Renewed, *, in_cookies: bool) -> LoggedIn:
    """The session's tokens. Raises RefusedError with ``account_disabled``."""
    me = await _about(parts, renewed)
    tokens = parts.accounts.tokens
    access = tokens.issue(Claims(renewed.account, renewed.session))
    if in_cookies:
        cookies.put(response, parts, renewed, access)
    response.headers["Cache-Control"] = "no-store"
    return LoggedIn(
        account=me,
        access_token=None if in_cookies else access,
        expires_in=tokens.life_s,
        refresh_token=None if in_cookies else renewed.refresh.text,
        csrf_token=tokens.csrf(renewed.session) if in_cookies else None,
    )


async def _about(parts: Parts, renewed: Renewed) -> Me:
    holder = await sessions.holder(parts.pool, renewed.session, renewed.account)
    if holder is None or holder.standing is not Standing.ACTIVE:
        raise RefusedError("account_disabled", "The account is disabled.")
    return await describe(parts, identity_of(holder))


async def describe(parts: Parts, caller: Identity) -> Me:
    user = await users.find(parts.pool, caller.account)
    return Me(
        id=caller.account,
        name=caller.name,
        role=caller.role,
        scopes=sorted(caller.scopes),
        via=caller.via,
        email=user.email if user else None,
        language=user.language if user else None,
        expires_at=_end_of(user, caller, parts.settings.accounts.guest_days),
    )


def _end_of(user: UserRow | None, caller: Identity, guest_days: float) -> datetime | None:
    return user.created_at + timedelta(days=guest_days) if user and caller.role is Role.GUEST else None
