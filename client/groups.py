"""Projects and tags, typed."""

from __future__ import annotations

from datetime import datetime

from client.resource import Resource


class ProjectRef(Resource):
    id: str
    name: str = ""


class Project(ProjectRef):
    """``runs`` and ``models``: how many of those in it the caller may see."""

    owner: str = ""
    visibility: str = ""
    archived: bool = False
    created_at: datetime | None = None
    runs: int = 0
    models: int = 0


class ProjectPage(Resource):
    items: list[Project] = []
    next_cursor: str | None = None


class Tag(Resource):
    """``runs`` and ``models``: how many have it."""

    tag: str
    runs: int = 0
    models: int = 0


class TagList(Resource):
    items: list[Tag] = []
