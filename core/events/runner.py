"""What can happen to a runner."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.events.ids import AccountId
from core.events.values import Count, EngineOffer, Frozen, Label


class Pool(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class Enrolled(Frozen):
    """The runner was let in. Its name stands in a table."""

    version: ClassVar[int] = 1
    type: Literal["enrolled"] = "enrolled"
    pool: Pool


class Described(Frozen):
    """What the runner says that it is; written when it differs from what was known."""

    version: ClassVar[int] = 1
    type: Literal["described"] = "described"
    engines: tuple[EngineOffer, ...]
    slots: Count
    cpu: Label
    cores: Count
    memory: Count
    """Bytes of main memory."""
    kernel: Label
    software: Label
    """Version of the runner program."""


class Appeared(Frozen):
    """The runner connected, or came back."""

    version: ClassVar[int] = 1
    type: Literal["appeared"] = "appeared"


class LeaveReason(StrEnum):
    SAID_SO = "said_so"
    SILENT = "silent"


class Left(Frozen):
    version: ClassVar[int] = 1
    type: Literal["left"] = "left"
    reason: LeaveReason


class Drained(Frozen):
    """The runner takes no new tasks until it appears again."""

    version: ClassVar[int] = 1
    type: Literal["drained"] = "drained"


class Disabled(Frozen):
    version: ClassVar[int] = 1
    type: Literal["disabled"] = "disabled"


class Revoked(Frozen):
    """The runner's credentials are void for ever."""

    version: ClassVar[int] = 1
    type: Literal["revoked"] = "revoked"


class Granted(Frozen):
    version: ClassVar[int] = 1
    type: Literal["granted"] = "granted"
    account: AccountId


class GrantRevoked(Frozen):
    version: ClassVar[int] = 1
    type: Literal["grant_revoked"] = "grant_revoked"
    account: AccountId


RunnerEvent = Annotated[
    Enrolled | Described | Appeared | Left | Drained | Disabled | Revoked | Granted | GrantRevoked,
    Field(discriminator="type"),
]
