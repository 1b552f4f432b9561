"""``/auth``: getting in, and out again. All of it is for people who are not in yet, so none of it needs a token."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import Request, Response, status

from api.accounts import cookies, enter, sessions, users
from api.accounts.admit import admit, admit_guest
from api.accounts.limits import Action
from api.accounts.names import key_of
from api.accounts.passwords import SHORTEST
from api.accounts.resources import Door, LoggedIn, Login, NewAccount, NewGuest, Refresh
from api.accounts.secrets import digest
from api.commands import SEQUENCE_HEADER, tell_sequence
from api.errors.documents import public
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain.account import Standing
from core.domain.told import Told
from core.events.ids import AccountId
from projections.account_directory import queries as directory

router = router_at("/auth", tag="account")

ANYBODY: Final[dict[str, Any]] = {"security": []}
"""In the OpenAPI document: needs no token."""


@router.get("", operation_id="get_door", openapi_extra=ANYBODY, responses=public())
async def get_door(parts: PartsOf) -> Door:
    """How one gets in here: what a login page has to offer."""
    settings = parts.settings.accounts
    return Door(
        registration=settings.registration,
        guests=settings.guests,
        guest_days=settings.guest_days,
        mail=parts.accounts.mail is not None,
        first_admin_missing=not await directory.admins(parts.pool),
        password_min_length=SHORTEST,
    )


@router.post(
    "/login",
    operation_id="login",
    openapi_extra=ANYBODY,
    responses=public("login_refused", "account_disabled", "csrf_failed", "rate_limited", "hashing_busy"),
)
async def login(asked: Login, request: Request, response: Response, parts: PartsOf) -> LoggedIn:
    """Begin a session with name and password."""
    await enter.spend(request, parts, Action.LOGIN, f"name {key_of(asked.login)}")
    account = await _account_of(parts, asked)
    return await enter.begin(request, response, parts, account, in_cookies=asked.cookies, remembered=asked.remember)


async def _account_of(parts: Parts, asked: Login) -> AccountId:
    user = await users.find_by_login(parts.pool, asked.login)
    password, passwords = asked.password.get_secret_value(), parts.accounts.passwords
    known = user.password_hash if user else None
    if not await passwords.verify(password, known) or user is None or known is None:
        raise RefusedError("login_refused", "The name or the password is wrong.")
    entry = (await directory.entries(parts.pool, [user.id])).get(user.id)
    if entry is None or entry.standing is not Standing.ACTIVE:
        raise RefusedError("account_disabled", Told("The account {name} is disabled.", name=user.name))
    if passwords.is_outdated(known):
        await users.set_password(parts.pool, user.id, await passwords.hash(password))
    return user.id


@router.post(
    "/register",
    operation_id="register",
    openapi_extra=ANYBODY,
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The account was made, and a session of it begun."},
        **public(
            "name_taken",
            "email_taken",
            "password_weak",
            "registration_closed",
            "invitation_needed",
            "link_refused",
            "csrf_failed",
            "not_fresh_yet",
            "rate_limited",
            "hashing_busy",
            "broker_unavailable",
        ),
    },
)
async def register(asked: NewAccount, request: Request, response: Response, parts: PartsOf) -> LoggedIn:
    """Make an account: with the token of an invitation, or without where registration is open."""
    await enter.spend(request, parts, Action.REGISTER)
    account, sequence = await admit(parts, asked)
    return await _welcome(request, response, parts, account, sequence, asked)


@router.post(
    "/guest",
    operation_id="enter_as_guest",
    openapi_extra=ANYBODY,
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "An account without a name, and a session of it."},
        **public("guests_refused", "csrf_failed", "not_fresh_yet", "rate_limited", "broker_unavailable"),
    },
)
async def enter_as_guest(asked: NewGuest, request: Request, response: Response, parts: PartsOf) -> LoggedIn:
    """Try it without an account of one's own. A guest submits to public devices, and makes links to what came of it; all of it goes after ``guest_days``."""
    await enter.spend(request, parts, Action.REGISTER)
    account, sequence = await admit_guest(parts)
    return await _welcome(request, response, parts, account, sequence, asked)


async def _welcome(
    request: Request,
    response: Response,
    parts: Parts,
    account: AccountId,
    sequence: int,
    asked: NewAccount | NewGuest,
) -> LoggedIn:
    tell_sequence(response, sequence)
    if not await parts.position.reached(sequence, parts.settings.api_freshness_s):
        raise RefusedError("not_fresh_yet", "The account was made, and can be used in a moment: log in.")
    return await enter.begin(request, response, parts, account, in_cookies=asked.cookies, remembered=asked.remember)


@router.post(
    "/refresh",
    operation_id="refresh",
    openapi_extra=ANYBODY,
    responses=public("refresh_refused", "refresh_reused", "refresh_raced", "account_disabled", "csrf_failed"),
)
async def refresh(asked: Refresh, request: Request, response: Response, parts: PartsOf) -> LoggedIn:
    """New tokens for a session. Each refresh token is good once; one that comes again ends the session, on every device that has it."""
    token, in_cookies = _refresh_token(asked, request, parts)
    if token is None:
        raise RefusedError("refresh_refused", "The request carries no refresh token.")
    if in_cookies:
        await _check_csrf(request, parts, token)
    settings = parts.settings.accounts
    life, race = timedelta(days=settings.session_days), timedelta(seconds=settings.refresh_race_s)
    renewed = await sessions.renew(parts.pool, digest(token), life, race)
    return await enter.hand_out(response, parts, renewed, in_cookies=in_cookies)


@router.post(
    "/logout",
    operation_id="logout",
    openapi_extra=ANYBODY,
    status_code=status.HTTP_204_NO_CONTENT,
    responses=public("csrf_failed"),
)
async def logout(asked: Refresh, request: Request, response: Response, parts: PartsOf) -> None:
    """End the session whose refresh token comes along, and forget the cookies. Logging out twice is logging out once."""
    token, in_cookies = _refresh_token(asked, request, parts)
    if token is not None:
        if in_cookies:
            await _check_csrf(request, parts, token)
        found = await sessions.session_of_refresh(parts.pool, digest(token))
        if found is not None:
            await sessions.end(parts.pool, *found)
    cookies.clear(response, parts)


def _refresh_token(asked: Refresh, request: Request, parts: Parts) -> tuple[str | None, bool]:
    """The token, and whether it came as a cookie."""
    if asked.refresh_token is not None:
        return asked.refresh_token, False
    return request.cookies.get(parts.accounts.cookies.refresh), True


async def _check_csrf(request: Request, parts: Parts, token: str) -> None:
    found: tuple[UUID, AccountId] | None = await sessions.session_of_refresh(parts.pool, digest(token))
    if found is not None:
        cookies.check_csrf(request, parts, found[0])
