"""How a browser carries a session: two cookies that no script can read, and one that only our own pages can."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Request, Response

from api.accounts.sessions import Renewed
from api.errors.problem import RefusedError
from api.parts import Parts
from core.domain.told import Told

CSRF_HEADER: Final = "X-CSRF-Token"
REFRESH_PATH: Final = "/api/v1/auth"
"""The refresh token travels nowhere else."""


def put(response: Response, parts: Parts, renewed: Renewed, access: str) -> None:
    """Without Max-Age the browser forgets them when it closes: a session that is not to be remembered."""
    secure = is_secure(parts)
    kept = int(renewed.life.total_seconds()) if renewed.remembered else None
    tokens, names = parts.accounts.tokens, parts.accounts.cookies
    for name, value, path, hidden, age in (
        (names.access, access, "/", True, tokens.life_s if renewed.remembered else None),
        (names.refresh, renewed.refresh.text, REFRESH_PATH, True, kept),
        (names.csrf, tokens.csrf(renewed.session), "/", False, kept),
    ):
        response.set_cookie(name, value, max_age=age, path=path, httponly=hidden, samesite="strict", secure=secure)


def clear(response: Response, parts: Parts) -> None:
    secure, names = is_secure(parts), parts.accounts.cookies
    for name, path, hidden in (
        (names.access, "/", True),
        (names.refresh, REFRESH_PATH, True),
        (names.csrf, "/", False),
    ):
        response.delete_cookie(name, path=path, httponly=hidden, samesite="strict", secure=secure)


def is_secure(parts: Parts) -> bool:
    """Whether the cookies are for HTTPS only: always, but on this machine itself."""
    told = parts.settings.accounts.secure_cookies
    return told if told is not None else not _is_loopback(urlsplit(parts.settings.api_url).hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def check_csrf(request: Request, parts: Parts, session: UUID) -> None:
    """That a command with cookies comes from our own page. Raises RefusedError with ``csrf_failed``."""
    check_origin(request, parts)
    if not parts.accounts.tokens.is_csrf(session, request.headers.get(CSRF_HEADER, "")):
        raise RefusedError(
            "csrf_failed",
            Told(
                "The header {csrf_header} does not hold the value of the cookie {csrf}.",
                csrf_header=CSRF_HEADER,
                csrf=parts.accounts.cookies.csrf,
            ),
        )


def check_origin(request: Request, parts: Parts) -> None:
    """That a browser sends it from a page of ours, as far as it says so. Raises RefusedError with ``csrf_failed``."""
    origin = request.headers.get("origin")
    if origin is None:
        ours = request.headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
    else:
        known = {parts.settings.api_url.rstrip("/"), *parts.settings.accounts.origins}
        ours = origin in known or origin.partition("://")[2] == request.headers.get("host", "")
    if not ours:
        raise RefusedError(
            "csrf_failed", Told("Commands do not come from pages of {origin}.", origin=origin or "elsewhere")
        )
