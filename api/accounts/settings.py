"""How people get in. Read from ``MGEPROF_ACCOUNTS_…``, ``MGEPROF_ADMIN_…`` and ``MGEPROF_SMTP_…``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from core.configuration import Configuration

_KEY = Field(min_length=32)


class Registration(StrEnum):
    OPEN = "open"
    """Whoever comes."""
    INVITATION = "invitation"
    """Whoever an administrator gave a link."""
    CLOSED = "closed"
    """Nobody, but the first administrator."""


class AccountSettings(Configuration):
    """Times in seconds where nothing else is said."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_ACCOUNTS_")

    registration: Registration = Registration.INVITATION
    """Who may make an account: `open` (whoever comes), `invitation` (whoever an administrator gave a link), `closed` (nobody)."""
    guests: bool = False
    """Whether people without an account may submit to public devices."""
    guest_days: Annotated[float, Field(gt=0)] = 30.0
    """A guest's account goes after so long, with all that it made; until then its session and the links that it made open that."""

    token_key: Annotated[SecretStr, _KEY] | None = None
    """Signs access tokens, at least 32 letters, the same for all processes of the api. Without one each process makes its own at its start."""
    token_key_previous: Annotated[SecretStr, _KEY] | None = None
    """A key that is still accepted while it is being changed."""
    access_s: Annotated[int, Field(ge=1)] = 600
    """Life of an access token."""
    session_days: Annotated[float, Field(gt=0)] = 30.0
    """A session ends when it was not used for this long; one that is not to be remembered, after a day."""
    refresh_race_s: Annotated[float, Field(ge=0)] = 10.0
    """For this long a used refresh token that comes again is a race between two requests, and no theft; it renews nothing either way."""
    invitation_days: Annotated[float, Field(gt=0)] = 7.0
    """Life of an invitation."""
    password_link_s: Annotated[float, Field(gt=0)] = 3600.0
    """Life of a link with which a forgotten password is set anew."""

    origins: tuple[str, ...] = ()
    """Further origins (`https://host`), as a JSON list, from which browsers may send commands with cookies."""
    secure_cookies: bool | None = None
    """Whether browsers keep the cookies to HTTPS; by itself: unless the api is on a loopback address."""
    proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """How many proxies of one's own stand before the api; X-Forwarded-For is believed so many steps back, and not at all with 0."""
    hashing_threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Passwords that are hashed at the same time."""
    hashing_queue: Annotated[int, Field(ge=1, le=10_000)] = 64
    """Passwords that are hashed or wait for that; whoever comes beyond is asked to come again."""

    limits: bool = True
    """Whether too many tries are answered with 429. Never for the embedded stack's own account."""
    limits_storage: str = "async+memory://"
    """Where tries are counted: in each process by itself, or in one Redis for all (`async+redis://…`)."""
    limit_login: str = "10/minute;100/hour"
    """Logins, by address and by name."""
    limit_register: str = "10/hour"
    """New accounts, by address."""
    limit_forgot: str = "5/hour"
    """Forgotten passwords, by address."""
    limit_open: str = "60/minute;600/hour"
    """Links that are opened or looked at, by address."""
    limit_upload: str = "3000/hour"
    """Uploads that are begun, by account."""
    limit_submit: str = "3000/hour"
    """Tasks, by account."""
    limit_webhook: str = "300/hour"
    """Webhooks that are made, and messages that are asked for again, by account."""
    limit_spans: str = "120/minute"
    """How often pages tell spans, up to 32 at a time, by account."""


class AdminSettings(Configuration):
    """The first administrator, made at the start when there is none of this address."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_ADMIN_")

    email: str | None = None
    """Address of the first administrator; without one a one-time link is printed."""
    name: str = "admin"
    """Name of the first administrator."""
    password_file: Path | None = None
    """File with the first administrator's password."""


class SmtpSettings(Configuration):
    """Without a ``host`` no mail is sent."""

    model_config = SettingsConfigDict(env_prefix="MGEPROF_SMTP_")

    host: str | None = None
    """Mail server; without one no mail is sent, and administrators hand links over."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Port of the mail server."""
    user: str | None = None
    """Who we are at the mail server."""
    password: SecretStr | None = None
    """Our password there."""
    sender: str = "mgeprof@localhost"
    """Sender of our mails."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to the mail server is encrypted."""
    timeout_s: Annotated[float, Field(gt=0)] = 20.0
    """Longest wait for the mail server."""
