"""What the slice of accounts works with, made once per process."""

from dataclasses import dataclass

import structlog

from api.accounts.installation import CookieNames
from api.accounts.limits import RateLimits
from api.accounts.mail import Mail
from api.accounts.passwords import Passwords
from api.accounts.settings import AccountSettings, SmtpSettings
from api.accounts.tokens import AccessTokens

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Accounts:
    """``mail`` is None where no SMTP server was configured."""

    settings: AccountSettings
    passwords: Passwords
    tokens: AccessTokens
    cookies: CookieNames
    limits: RateLimits
    mail: Mail | None

    @classmethod
    def of(cls, settings: AccountSettings, smtp: SmtpSettings, mark: str) -> "Accounts":
        """``mark``: what the installation is told from others by."""
        known = [key.get_secret_value() for key in (settings.token_key, settings.token_key_previous) if key is not None]
        if not known:
            logger.warning("access tokens are signed with a key of this process alone", action="token_key_made")
        return cls(
            settings=settings,
            passwords=Passwords(settings.hashing_threads, most=settings.hashing_queue),
            tokens=AccessTokens(tuple(known), settings.access_s),
            cookies=CookieNames.of(mark),
            limits=RateLimits(settings),
            mail=Mail(smtp, smtp.host) if smtp.host else None,
        )
