"""Projects and tags as people see them, and as they choose them."""

import unicodedata
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from core.domain.told import Told
from core.events.grouping import MOST_TAGS
from core.events.ownership import Visibility

LONGEST_TAG: Final = 40


def _normal(word: str) -> str:
    """Those who write the same word in another way mean the same tag."""
    word = " ".join(unicodedata.normalize("NFKC", word).casefold().split())
    if not 1 <= len(word) <= LONGEST_TAG:
        raise ValueError(Told("a tag has 1 to {longest} letters", longest=LONGEST_TAG))
    if not word.isprintable() or "," in word:
        raise ValueError("a tag must be printable, and has no comma")
    return word


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("the name must be printable, on one line")
    return name


Tag = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_normal)]
"""A word to group by. Capitals, width and the number of spaces do not count."""
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(_once)]
ProjectName = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_printable)
]


class GroupingChange(BaseModel):
    """What is not given stays as it is."""

    project: UUID | None = None
    """Into this project, one that you may see and that is not archived; null: out of the one that it is in."""
    add_tags: Tags = []
    remove_tags: Tags = []


class ProjectRef(BaseModel):
    id: UUID
    name: str


class NewProject(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "mobile models"}]})

    name: ProjectName
    """Yours alone: no two of your projects have the same."""
    visibility: Visibility = Visibility.PRIVATE


class ProjectChange(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"visibility": "team"}, {"archived": True}]}
    )

    name: ProjectName | None = None
    visibility: Visibility | None = None
    """`team`: everybody who has an account may see the project and put things of theirs into it. What is in it is shown as before."""
    archived: bool | None = None
    """True: it is no longer listed and takes nothing in; what is in it stays."""


class ProjectResource(BaseModel):
    """``runs`` and ``models``: how many of those that are in it you may see."""

    id: UUID
    name: str
    owner: UUID
    visibility: Visibility
    archived: bool
    created_at: datetime
    runs: int
    models: int


class ProjectPage(BaseModel):
    items: list[ProjectResource]
    next_cursor: str | None


class TagResource(BaseModel):
    """``runs`` and ``models``: how many have it."""

    tag: str
    runs: int
    models: int


class TagList(BaseModel):
    items: list[TagResource]
