"""How people get in. Read from ``MGEPROF_ACCOUNTS_…``, ``MGEPROF_ADMIN_…`` and ``MGEPROF_SMTP_…``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_KEY = Field(min_length=32)


class Registration(StrEnum):
    OPEN = "open"
    """Whoever comes."""
    INVITATION = "invitation"
    """Whoever an administrator gave a link."""
    CLOSED = "closed"
    """Nobody, but the first administrator."""


class AccountSettings(BaseSettings):
    """Times in seconds where nothing else is said."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_ACCOUNTS_", frozen=True, extra="ignore")

    registration: Registration = Registration.INVITATION
    guests: bool = False
    """Whether people without an account may submit to public devices."""
    guest_days: Annotated[float, Field(gt=0)] = 30.0

    token_key: Annotated[SecretStr, _KEY] | None = None
    """Signs access tokens, at least 32 letters, the same for all processes of the api. Without one each process makes its own at its start."""
    token_key_previous: Annotated[SecretStr, _KEY] | None = None
    """Still accepted: while a key is being changed."""
    access_s: Annotated[int, Field(ge=1)] = 600
    """Life of an access token."""
    session_days: Annotated[float, Field(gt=0)] = 30.0
    """A session ends when it was not used for this long; one that is not to be remembered, after a day."""
    refresh_race_s: Annotated[float, Field(ge=0)] = 10.0
    """For this long a used refresh token that comes again is a race between two requests, and no theft; it renews nothing either way."""
    invitation_days: Annotated[float, Field(gt=0)] = 7.0
    password_link_s: Annotated[float, Field(gt=0)] = 3600.0

    origins: tuple[str, ...] = ()
    """Further origins (``https://host``) from which browsers may send commands with cookies."""
    secure_cookies: bool | None = None
    """Whether browsers keep the cookies to HTTPS; by itself: unless the api is on a loopback address."""
    proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """How many proxies of one's own stand before the api; X-Forwarded-For is believed so many steps back, and not at all with 0."""
    hashing_threads: Annotated[int, Field(ge=1, le=64)] = 2

    limits: bool = True
    """Whether too many tries are answered with 429. Never for the embedded stack's own account."""
    limits_storage: str = "async+memory://"
    """Where tries are counted: in each process by itself, or in one Redis for all (``async+redis://…``)."""
    limit_login: str = "10/minute;100/hour"
    """By address, and by name. Further ones: registering and asking for a password by address, the rest by account."""
    limit_register: str = "10/hour"
    limit_forgot: str = "5/hour"
    limit_upload: str = "3000/hour"
    limit_submit: str = "3000/hour"


class AdminSettings(BaseSettings):
    """The first administrator, made at the start when there is none of this address."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_ADMIN_", frozen=True, extra="ignore")

    email: str | None = None
    name: str = "admin"
    password_file: Path | None = None


class SmtpSettings(BaseSettings):
    """Without a ``host`` no mail is sent."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_SMTP_", frozen=True, extra="ignore")

    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    user: str | None = None
    password: SecretStr | None = None
    sender: str = "mgeprof@localhost"
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout_s: Annotated[float, Field(gt=0)] = 20.0
