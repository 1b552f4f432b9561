"""What can happen to a project. Its name stands in a table."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.events.ownership import Deleted, VisibilityChanged
from core.events.values import Frozen


class Created(Frozen):
    """A project is there. Its name stands in a table."""

    version: ClassVar[int] = 1
    type: Literal["created"] = "created"


class Archived(Frozen):
    """It is kept with what is in it, and takes nothing in."""

    version: ClassVar[int] = 1
    type: Literal["archived"] = "archived"


class Restored(Frozen):
    """It is no longer archived."""

    version: ClassVar[int] = 1
    type: Literal["restored"] = "restored"


ProjectEvent = Annotated[Created | Archived | Restored | VisibilityChanged | Deleted, Field(discriminator="type")]
