"""Access tokens: short-lived, signed, of one algorithm; and the CSRF tokens that go with sessions."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import jwt

from api.errors.problem import RefusedError
from core.events.ids import AccountId

ALGORITHM: Final = "HS256"
"""The only one that is made or accepted, whatever a token says about itself."""
ISSUER: Final = "mgeprof"
AUDIENCE: Final = "mgeprof-api"
_CLOCKS_DIFFER_S: Final = 5
"""Between the machines on which processes of the api run."""
_CLAIMS: Final = ("iss", "aud", "sub", "sid", "iat", "exp")


@dataclass(frozen=True)
class Claims:
    account: AccountId
    session: UUID


class AccessTokens:
    """``keys``: the first signs, all are accepted."""

    def __init__(self, keys: tuple[str, ...], life_s: int, now: Callable[[], datetime] | None = None) -> None:
        self._keys = {_key_id(key): key for key in keys or (secrets.token_urlsafe(48),)}
        self._signing = next(iter(self._keys))
        self.life_s = life_s
        self._now = now or (lambda: datetime.now(UTC))

    def issue(self, claims: Claims) -> str:
        at = self._now()
        body = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(claims.account),
            "sid": str(claims.session),
            "iat": at,
            "exp": at + timedelta(seconds=self.life_s),
        }
        return jwt.encode(body, self._keys[self._signing], ALGORITHM, {"kid": self._signing})

    def read(self, token: str) -> Claims:
        """Raises RefusedError with ``token_expired`` or ``token_refused``."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            body = jwt.decode(
                token,
                key,
                [ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=_CLOCKS_DIFFER_S,
                options={"require": list(_CLAIMS)},
            )
            return Claims(AccountId(UUID(body["sub"])), UUID(body["sid"]))
        except jwt.ExpiredSignatureError as error:
            raise RefusedError("token_expired", "The access token is over.") from error
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError) as error:
            raise RefusedError("token_refused", "The bearer token is not that of an account.") from error

    def csrf(self, session: UUID) -> str:
        """What a page has to send along with commands: it follows from the session, and only this installation can make it."""
        return _csrf(self._keys[self._signing], session)

    def is_csrf(self, session: UUID, given: str) -> bool:
        known = [_csrf(key, session) for key in self._keys.values()]
        return any(hmac.compare_digest(one.encode(), given.encode()) for one in known)


def _key_id(key: str) -> str:
    return hashlib.sha256(b"mgeprof key id\n" + key.encode()).hexdigest()[:16]


def _csrf(key: str, session: UUID) -> str:
    return hmac.new(key.encode(), b"mgeprof csrf\n" + session.bytes, hashlib.sha256).hexdigest()
