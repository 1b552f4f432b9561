"""Accounts as they are asked for and shown."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from api.accounts.links import LinkKind
from api.accounts.names import Email, KeyName, Language, LoginName, Name
from api.accounts.scopes import Scope
from api.accounts.settings import Registration
from api.identity import Via
from core.events.account import Role

_NEW_PASSWORD = Field(
    max_length=1024, description="At least 10 letters, at most 1024 bytes.", examples=["correct horse battery"]
)
_KNOWN_PASSWORD = Field(max_length=1024, examples=["correct horse battery"])
_TOKEN = Field(max_length=200, description="What stands behind `#token=` in the link.")


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Beginning(_Asked):
    cookies: bool = False
    """For browsers: the tokens come as cookies that no script can read, and not in the body."""
    remember: bool = True
    """Whether the session outlives the browser, or a day."""


class Login(_Beginning):
    login: Annotated[LoginName, Field(examples=["ada"])]
    """Name or e-mail address."""
    password: Annotated[SecretStr, _KNOWN_PASSWORD]


class NewAccount(_Beginning):
    name: Name
    email: Email | None = None
    password: Annotated[SecretStr, _NEW_PASSWORD]
    language: Language | None = None
    token: Annotated[str | None, _TOKEN] = None
    """Of an invitation."""


class NewGuest(_Beginning):
    pass


class Refresh(_Asked):
    refresh_token: Annotated[str, Field(max_length=200)] | None = None
    """Browsers send it as a cookie instead."""


class Forgot(_Asked):
    login: LoginName


class SetPassword(_Asked):
    token: Annotated[str, _TOKEN]
    password: Annotated[SecretStr, _NEW_PASSWORD]


class ChangePassword(_Asked):
    password: Annotated[SecretStr, _KNOWN_PASSWORD]
    """The present one."""
    new_password: Annotated[SecretStr, _NEW_PASSWORD]


class ProfileChange(_Asked):
    """What is left out stays as it is."""

    name: Name | None = None
    email: Email | None = None
    language: Language | None = None
    password: Annotated[SecretStr | None, _KNOWN_PASSWORD] = None
    """The present one; needed to change the e-mail address, which can set a new password."""


class LinkLook(_Asked):
    token: Annotated[str, _TOKEN]


class LinkResource(BaseModel):
    """What a link is good for."""

    kind: LinkKind
    email: str | None
    name: str | None
    """Whose password it sets."""
    expires_at: datetime


class Door(BaseModel):
    """How one gets in here."""

    registration: Registration
    guests: bool
    guest_days: float
    """A guest's account goes after so long, with all that it made."""
    mail: bool
    """Whether a forgotten password can be set anew by mail."""
    first_admin_missing: bool
    """Whether no person administers this installation yet."""
    password_min_length: int


class Me(BaseModel):
    """Whose token it is, and what it may do."""

    id: UUID
    name: str
    role: Role
    scopes: list[Scope]
    via: Via
    email: str | None = None
    language: Language | None = None
    expires_at: datetime | None = None
    """Of a guest: when the account goes, with all that it made."""


class LoggedIn(BaseModel):
    """A session.

    With cookies ``access_token`` and ``refresh_token`` are null, and ``csrf_token`` goes into the header `X-CSRF-Token` of every command;
    it also stands in the cookie that begins with `mgeprof_csrf`.
    """

    account: Me
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - its name
    access_token: str | None
    expires_in: int
    """Seconds for which the access token is good."""
    refresh_token: str | None
    """Good once: the answer to its use holds the next one."""
    csrf_token: str | None


class SessionResource(BaseModel):
    id: UUID
    user_agent: str
    address: str
    current: bool
    """Whether it is the one that asks."""
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class SessionList(BaseModel):
    items: list[SessionResource]


class NewKey(_Asked):
    name: KeyName
    scopes: Annotated[frozenset[Scope], Field(min_length=1)] = frozenset({Scope.READ, Scope.SUBMIT})
    expires_in_days: Annotated[float, Field(gt=0, le=3650)] | None = 365.0
    """Null: never."""


class KeyResource(BaseModel):
    id: UUID
    name: str
    beginning: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    """To the minute."""


class MadeKey(KeyResource):
    """``key`` is shown this once."""

    key: str


class KeyList(BaseModel):
    items: list[KeyResource]


class NewInvitation(_Asked):
    role: Role = Role.USER
    email: Email | None = None
    """The account gets this address; where mail is configured, the link is sent there."""
    expires_in_days: Annotated[float, Field(gt=0, le=90)] | None = None


class InvitationResource(BaseModel):
    id: UUID
    role: Role
    email: str | None
    made_by: UUID | None
    created_at: datetime
    expires_at: datetime


class MadeInvitation(InvitationResource):
    """``url`` is shown this once; it lets one person in."""

    url: str
    token: str
    mailed: bool


class InvitationList(BaseModel):
    items: list[InvitationResource]


class PasswordLink(BaseModel):
    """``url`` is shown this once; it sets the account's password."""

    url: str
    token: str
    expires_at: datetime
