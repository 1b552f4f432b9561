"""How runs and models are grouped: by the project that they are in, and by tags. What projects and tags are called stands in tables."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from core.events.ids import ProjectId, TagId
from core.events.values import Frozen

MOST_TAGS: Final = 20

TagIds = Annotated[tuple[TagId, ...], Field(max_length=MOST_TAGS)]
"""Sorted, each once."""


class Filed(Frozen):
    """It is in this project from now on, or in none."""

    version: ClassVar[int] = 1
    type: Literal["filed"] = "filed"
    project: ProjectId | None


class Tagged(Frozen):
    """It has these tags from now on, and no others."""

    version: ClassVar[int] = 1
    type: Literal["tagged"] = "tagged"
    tags: TagIds
