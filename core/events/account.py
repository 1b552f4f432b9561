"""What can happen to an account. Names, addresses and secrets stand in the api's tables; here are ids, roles and numbers only."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.events.values import Count, Frozen


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"
    GUEST = "guest"
    """May submit to public devices and look at what it made."""


class Admission(StrEnum):
    """How somebody got in."""

    LOCAL = "local"
    """The embedded stack's own account."""
    FIRST_ADMIN = "first_admin"
    """From the environment, at the first start."""
    OPEN = "open"
    INVITATION = "invitation"
    ADMIN = "admin"
    """An administrator made the account."""
    GUEST = "guest"


class Registered(Frozen):
    """Somebody has an account from now on. Names and addresses stand in tables."""

    version: ClassVar[int] = 1
    type: Literal["registered"] = "registered"
    role: Role
    admission: Admission


class RoleChanged(Frozen):
    """The account's role is another one from now on."""

    version: ClassVar[int] = 1
    type: Literal["role_changed"] = "role_changed"
    role: Role


class Disabled(Frozen):
    """The account gets in nowhere until it is enabled."""

    version: ClassVar[int] = 1
    type: Literal["disabled"] = "disabled"


class Enabled(Frozen):
    """The account gets in again."""

    version: ClassVar[int] = 1
    type: Literal["enabled"] = "enabled"


class Deleted(Frozen):
    """For ever. What the account was called is gone from the tables."""

    version: ClassVar[int] = 1
    type: Literal["deleted"] = "deleted"


class QuotaSet(Frozen):
    """What the account may use; None: as much as the installation's settings say for everybody."""

    version: ClassVar[int] = 1
    type: Literal["quota_set"] = "quota_set"
    tasks_a_day: Count | None
    running: Count | None
    """Tasks at once."""
    stored_bytes: Count | None


AccountEvent = Annotated[
    Registered | RoleChanged | Disabled | Enabled | Deleted | QuotaSet, Field(discriminator="type")
]
