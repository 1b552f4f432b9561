"""Who is asking, and whether they may: everything else asks for a ``Caller`` and nothing more."""

import hmac
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.accounts import keys
from api.accounts.local import LOCAL_ACCOUNT, LOCAL_NAME
from api.accounts.scopes import OF_ROLE, Scope
from api.accounts.secrets import digest
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from core.domain.account import Standing
from core.events.account import Role
from core.events.ids import AccountId

_BEARER: Final = HTTPBearer(
    auto_error=False, description="An API key, an access token, or the token that `mgeprof up` wrote into its home."
)
_READING: Final = frozenset({"GET", "HEAD"})

Via = Literal["session", "key", "local"]


@dataclass(frozen=True)
class Identity:
    """``account`` owns what it makes. ``scopes``: what this way in may do, never more than the role has."""

    account: AccountId
    name: str
    role: Role = Role.USER
    scopes: frozenset[Scope] = OF_ROLE[Role.USER]
    via: Via = "session"

    @property
    def is_admin(self) -> bool:
        """Whether this way in may administer."""
        return self.role is Role.ADMIN and Scope.ADMIN in self.scopes


_LOCAL: Final = Identity(LOCAL_ACCOUNT, LOCAL_NAME, Role.ADMIN, OF_ROLE[Role.ADMIN], "local")


async def who_is_asking(
    parts: PartsOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Identity:
    """Raises RefusedError with ``token_missing``, ``token_refused`` or ``account_disabled``."""
    if credentials is None:
        raise RefusedError("token_missing", "The request carries no bearer token.")
    sha256 = digest(credentials.credentials)
    if hmac.compare_digest(sha256, parts.settings.api_token_sha256):
        return _LOCAL
    return await _key_holder(parts, sha256)


async def _key_holder(parts: Parts, sha256: str) -> Identity:
    holder = await keys.holder(parts.pool, sha256)
    if holder is None:
        raise RefusedError("token_refused", "The bearer token is not that of an account.")
    if holder.standing is not Standing.ACTIVE:
        raise RefusedError("account_disabled", f"The account {holder.name} is disabled.")
    return Identity(holder.account, holder.name, holder.role, holder.scopes & OF_ROLE[holder.role], "key")


Asking = Annotated[Identity, Depends(who_is_asking)]


def _with_scope(identity: Identity, scope: Scope) -> Identity:
    if scope not in identity.scopes:
        raise RefusedError("scope_missing", f"This needs the scope {scope}; the token has {_list(identity.scopes)}.")
    return identity


def _list(scopes: frozenset[Scope]) -> str:
    return ", ".join(sorted(scopes)) or "none"


async def caller(request: Request, identity: Asking) -> Identity:
    """The one place that says what a method needs: reads the scope ``read``, commands the scope ``submit``.

    Raises RefusedError with ``scope_missing``, and as ``who_is_asking``.
    """
    return _with_scope(identity, Scope.READ if request.method in _READING else Scope.SUBMIT)


async def admin_caller(identity: Asking) -> Identity:
    """Raises RefusedError with ``admin_only`` or ``scope_missing``, and as ``who_is_asking``."""
    if identity.role is not Role.ADMIN:
        raise RefusedError("admin_only", "Only an administrator may do this.")
    return _with_scope(identity, Scope.ADMIN)


async def runner_caller(identity: Asking) -> Identity:
    """Raises RefusedError with ``scope_missing``, and as ``who_is_asking``."""
    return _with_scope(identity, Scope.RUNNER)


Caller = Annotated[Identity, Depends(caller)]
AdminCaller = Annotated[Identity, Depends(admin_caller)]
RunnerCaller = Annotated[Identity, Depends(runner_caller)]
"""Who may make enrolment tokens and look after runners of their own."""
