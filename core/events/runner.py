"""What can happen to a runner."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.events.ids import AccountId, LabelId
from core.events.values import Count, EngineOffer, Frozen, Label


class Pool(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class SandboxKind(StrEnum):
    """What a runner keeps strangers' models in."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    NONE = "none"


class Enrolled(Frozen):
    """The runner was let in. Its name stands in a table. ``owner``: None for one that the broker's own configuration lets in."""

    version: ClassVar[int] = 1
    type: Literal["enrolled"] = "enrolled"
    pool: Pool
    owner: AccountId | None = None


class Described(Frozen):
    """What the runner says that it is; written when it differs from what was known."""

    version: ClassVar[int] = 2
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
    sandbox: SandboxKind = SandboxKind.NONE
    """Without one, only the owner's tasks are for this runner."""
    gpus: Annotated[tuple[Label, ...], Field(max_length=64)] = ()
    """Names of graphics cards, as their driver tells them. Since version 2."""


class Appeared(Frozen):
    """The runner connected, or came back."""

    version: ClassVar[int] = 1
    type: Literal["appeared"] = "appeared"


class LeaveReason(StrEnum):
    SAID_SO = "said_so"
    SILENT = "silent"


class Left(Frozen):
    """The runner is away; what it had is given to others."""

    version: ClassVar[int] = 1
    type: Literal["left"] = "left"
    reason: LeaveReason


class Drained(Frozen):
    """The runner finishes what it has and takes nothing more until it is resumed."""

    version: ClassVar[int] = 1
    type: Literal["drained"] = "drained"


class Resumed(Frozen):
    """The end of draining."""

    version: ClassVar[int] = 1
    type: Literal["resumed"] = "resumed"


class Disabled(Frozen):
    """What the runner has is taken from it, and it gets nothing until it is enabled."""

    version: ClassVar[int] = 1
    type: Literal["disabled"] = "disabled"


class Enabled(Frozen):
    """The runner gets work again."""

    version: ClassVar[int] = 1
    type: Literal["enabled"] = "enabled"


class PoolChanged(Frozen):
    """Everybody may use the runner from now on, or only those who have a grant."""

    version: ClassVar[int] = 1
    type: Literal["pool_changed"] = "pool_changed"
    pool: Pool


class OwnerChanged(Frozen):
    """The runner belongs to somebody else from now on."""

    version: ClassVar[int] = 1
    type: Literal["owner_changed"] = "owner_changed"
    owner: AccountId


class Labelled(Frozen):
    """All labels that the runner has from now on; the words stand in a table."""

    version: ClassVar[int] = 1
    type: Literal["labelled"] = "labelled"
    labels: Annotated[tuple[LabelId, ...], Field(max_length=32)]


class Revoked(Frozen):
    """The runner's credentials are void for ever."""

    version: ClassVar[int] = 1
    type: Literal["revoked"] = "revoked"


class Granted(Frozen):
    """An account may use the private runner."""

    version: ClassVar[int] = 1
    type: Literal["granted"] = "granted"
    account: AccountId


class GrantRevoked(Frozen):
    """An account may no longer use the private runner, also not for what waits."""

    version: ClassVar[int] = 1
    type: Literal["grant_revoked"] = "grant_revoked"
    account: AccountId


RunnerEvent = Annotated[
    Enrolled
    | Described
    | Appeared
    | Left
    | Drained
    | Resumed
    | Disabled
    | Enabled
    | PoolChanged
    | OwnerChanged
    | Labelled
    | Revoked
    | Granted
    | GrantRevoked,
    Field(discriminator="type"),
]
