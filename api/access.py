"""Who is asking, and whether they may: everything else asks for a ``Caller`` and nothing more."""

import hmac
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.accounts import cookies, keys, sessions
from api.accounts.local import LOCAL_NAME
from api.accounts.scopes import OF_ROLE, Scope
from api.accounts.secrets import KEY_PREFIX, digest
from api.accounts.sessions import SessionHolder
from api.accounts.tokens import Claims
from api.errors.problem import RefusedError
from api.identity import Identity
from api.parts import Parts, PartsOf
from core.domain.account import Standing
from core.domain.told import Told
from core.events.account import Role
from core.events.ids import LOCAL_ACCOUNT
from projections.account_directory.queries import entries

_BEARER: Final = HTTPBearer(
    auto_error=False, description="An API key, an access token, or the token that `mgeprof up` wrote into its home."
)
_READING: Final = frozenset({"GET", "HEAD"})

_LOCAL: Final = Identity(LOCAL_ACCOUNT, LOCAL_NAME, Role.ADMIN, OF_ROLE[Role.ADMIN], "local")


async def who_is_asking(
    request: Request, parts: PartsOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Identity:
    """By bearer token, else by the session's cookie; a cookie's commands need the CSRF header beside it.

    Roles and standing are looked up for every request, so what an administrator changes holds at once.
    Raises RefusedError with ``token_missing``, ``token_refused``, ``token_expired``, ``account_disabled`` or ``csrf_failed``.
    """
    if credentials is not None:
        return await _by_token(parts, credentials.credentials)
    access = request.cookies.get(parts.accounts.cookies.access)
    if access is None:
        raise RefusedError("token_missing", "The request carries no bearer token and no session.")
    claims = parts.accounts.tokens.read(access)
    if request.method not in _READING:
        cookies.check_csrf(request, parts, claims.session)
    return await _in_session(parts, claims)


async def _by_token(parts: Parts, token: str) -> Identity:
    if is_local(parts, token):
        return _LOCAL
    if token.startswith(KEY_PREFIX):
        return await key_holder(parts, token)
    return await _in_session(parts, parts.accounts.tokens.read(token))


def is_local(parts: Parts, token: str) -> bool:
    """Whether it is the installation's own."""
    local = parts.settings.api_token_sha256
    return local is not None and hmac.compare_digest(digest(token), local)


async def key_holder(parts: Parts, key: str) -> Identity:
    """Raises RefusedError with ``token_refused`` or ``account_disabled``."""
    holder = await keys.holder(parts.pool, digest(key))
    if holder is None:
        raise RefusedError("token_refused", "The key is not that of an account, was revoked, or is over.")
    _check_standing(holder.standing, holder.name)
    scopes = holder.scopes & OF_ROLE[holder.role]
    return Identity(holder.account, holder.name, holder.role, scopes, "key", key=holder.key)


async def _in_session(parts: Parts, claims: Claims) -> Identity:
    holder = await sessions.holder(parts.pool, claims.session, claims.account)
    if holder is None:
        raise RefusedError("token_refused", "The session was ended.")
    _check_standing(holder.standing, holder.name)
    return identity_of(holder)


def identity_of(holder: SessionHolder) -> Identity:
    """A session that a key began may what the key may, and counts as the key: a browser with a key is no person with a password."""
    scopes, session = OF_ROLE[holder.role], holder.session
    if holder.key is None or holder.key_scopes is None:
        return Identity(holder.account, holder.name, holder.role, scopes, "session", session)
    return Identity(holder.account, holder.name, holder.role, scopes & holder.key_scopes, "key", session, holder.key)


async def still_in(parts: Parts, known: Identity) -> bool:
    """Whether somebody who was let in once would be let in again: in the same role, by the same key or session."""
    if known.via == "local":
        return True
    entry = (await entries(parts.pool, [known.account])).get(known.account)
    if entry is None or entry.standing is not Standing.ACTIVE or entry.role is not known.role:
        return False
    if known.session is not None:
        return await sessions.holder(parts.pool, known.session, known.account) is not None
    return any(key.id == known.key for key in await keys.of_account(parts.pool, known.account))


def _check_standing(standing: Standing, name: str) -> None:
    if standing is not Standing.ACTIVE:
        raise RefusedError("account_disabled", Told("The account {name} is disabled.", name=name))


Asking = Annotated[Identity, Depends(who_is_asking)]


def _with_scope(identity: Identity, scope: Scope) -> Identity:
    if scope not in identity.scopes:
        raise RefusedError(
            "scope_missing",
            Told("This needs the scope {scope}; the token has {scopes}.", scope=scope, scopes=_list(identity.scopes)),
        )
    return identity


def _list(scopes: frozenset[Scope]) -> str:
    return ", ".join(sorted(scopes)) or "none"


async def caller(request: Request, identity: Asking) -> Identity:
    """The one place that says what a method needs: reads the scope ``read``, commands the scope ``submit``.

    Raises RefusedError with ``scope_missing``, and as ``who_is_asking``.
    """
    return _with_scope(identity, Scope.READ if request.method in _READING else Scope.SUBMIT)


async def perhaps_caller(
    request: Request, parts: PartsOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Identity | RefusedError:
    """As ``caller``, but the refusal is given, not raised: for what can be opened in another way, too."""
    try:
        return await caller(request, await who_is_asking(request, parts, credentials))
    except RefusedError as refusal:
        return refusal


async def admin_caller(identity: Asking) -> Identity:
    """Raises RefusedError with ``admin_only`` or ``scope_missing``, and as ``who_is_asking``."""
    if identity.role is not Role.ADMIN:
        raise RefusedError("admin_only", "Only an administrator may do this.")
    return _with_scope(identity, Scope.ADMIN)


async def runner_caller(identity: Asking) -> Identity:
    """Raises RefusedError with ``scope_missing``, and as ``who_is_asking``."""
    return _with_scope(identity, Scope.RUNNER)


async def owner_caller(identity: Asking) -> Identity:
    """A person, and no program of theirs: a key must not make further keys. Raises RefusedError with ``session_needed``, too."""
    if identity.via == "key":
        raise RefusedError("session_needed", "A key may not do this.")
    return identity


Caller = Annotated[Identity, Depends(caller)]
PerhapsCaller = Annotated[Identity | RefusedError, Depends(perhaps_caller)]
AdminCaller = Annotated[Identity, Depends(admin_caller)]
OwnerCaller = Annotated[Identity, Depends(owner_caller)]
RunnerCaller = Annotated[Identity, Depends(runner_caller)]
"""Who may make enrolment tokens and look after runners of their own."""
