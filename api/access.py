"""Who is asking. Accounts come here: everything else asks ``Caller`` and nothing more."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.errors.problem import RefusedError
from api.parts import PartsOf
from core.events.ids import AccountId

LOCAL_ACCOUNT = AccountId(UUID("00000000-0000-7000-8000-000000000001"))
"""The one user of an installation without accounts."""

_BEARER = HTTPBearer(auto_error=False, description="The token that `mgeprof up` wrote into its home.")


@dataclass(frozen=True)
class Identity:
    """``account`` owns what it makes, and sees what it owns."""

    account: AccountId
    name: str


async def who_is_asking(
    parts: PartsOf, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Identity:
    """Raises RefusedError with ``token_missing`` or ``token_refused``."""
    if credentials is None:
        raise RefusedError("token_missing", "The request carries no bearer token.")
    given = hashlib.sha256(credentials.credentials.encode()).hexdigest()
    if not hmac.compare_digest(given, parts.settings.api_token_sha256):
        raise RefusedError("token_refused", "The bearer token is not that of an account.")
    return Identity(LOCAL_ACCOUNT, "local")


Caller = Annotated[Identity, Depends(who_is_asking)]
