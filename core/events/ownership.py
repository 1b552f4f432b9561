"""What owners do with what is theirs: the same facts in the life of a task, a model and a dataset."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, NewType
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.events.values import Frozen

LinkId = NewType("LinkId", UUID)


class Visibility(StrEnum):
    PRIVATE = "private"
    """For its owner and administrators."""
    TEAM = "team"
    """For everybody who has an account, to look at."""


class VisibilityChanged(Frozen):
    """Others may see it from now on, or no longer."""

    version: ClassVar[int] = 1
    type: Literal["visibility_changed"] = "visibility_changed"
    visibility: Visibility


class Shared(Frozen):
    """A link was made that opens the task without an account. Its secret stands, as a digest, in a table."""

    version: ClassVar[int] = 1
    type: Literal["shared"] = "shared"
    link: LinkId
    expires_at: AwareDatetime


class ShareRevoked(Frozen):
    """The link opens nothing any more."""

    version: ClassVar[int] = 1
    type: Literal["share_revoked"] = "share_revoked"
    link: LinkId


class FilesDeleted(Frozen):
    """The files that a task's attempts left are given up; its figures stay."""

    version: ClassVar[int] = 1
    type: Literal["files_deleted"] = "files_deleted"


class Deleted(Frozen):
    """Its owner gave it up, with its files and names. Bytes go when their last reference goes."""

    version: ClassVar[int] = 1
    type: Literal["deleted"] = "deleted"


DatasetEvent = Annotated[VisibilityChanged | Deleted, Field(discriminator="type")]
"""A dataset is made in a table: it begins to exist in the log when somebody else is let in."""
