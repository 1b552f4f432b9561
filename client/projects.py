"""Projects and tags: how runs and models are grouped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from client.errors import CallerProblemError
from client.groups import Project, ProjectPage, TagList
from client.http import Http, Params
from client.models import Model, Task


class ProjectCalls:
    """The client's calls that are about projects and tags."""

    http: Http

    async def create_project(self, name: str, visibility: str = "private") -> Project:
        """``visibility``: private, or team."""
        return Project.read(await self.http.post("/projects", {"name": name, "visibility": visibility}))

    async def projects(self, filters: Params | None = None) -> ProjectPage:
        """By name. Filters: whose (mine or anyone), archived, q, limit, cursor."""
        return ProjectPage.read(await self.http.get("/projects", filters))

    async def project(self, name: str) -> Project:
        """The project of this name, or of this id: the caller's own before what others show. Raises CallerProblemError."""
        for whose in ("mine", "anyone"):
            found = await self.projects({"whose": whose, "archived": "true", "q": name[:200], "limit": 500})
            same = next((one for one in found.items if one.name == name), None)
            if same is not None:
                return same
        return Project.read(await self.http.get(_at("projects", name)))

    async def change_project(self, project_id: str, **changes: Any) -> Project:
        """``name``, ``visibility``, ``archived``: what is not given stays as it is."""
        return Project.read(await self.http.patch(_at("projects", project_id), changes))

    async def delete_project(self, project_id: str) -> None:
        """What is in it stays, and is in no project."""
        await self.http.delete(_at("projects", project_id))

    async def tags(self, filters: Params | None = None) -> TagList:
        """The most frequent first. Filters: whose (mine or anyone)."""
        return TagList.read(await self.http.get("/tags", filters))

    async def move(self, thing_id: str, project_id: str | None) -> Task | Model:
        """Put a run or a model into a project; None: out of the one that it is in."""
        return await self._change(thing_id, {"project": project_id})

    async def tag(self, thing_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Task | Model:
        """Change the tags of a run or a model."""
        return await self._change(thing_id, {"add_tags": list(add), "remove_tags": list(remove)})

    async def _change(self, thing_id: str, changes: dict[str, Any]) -> Task | Model:
        """Of a run, or of a model if there is no run of that id."""
        try:
            return Task.read(await self.http.patch(_at("tasks", thing_id), changes))
        except CallerProblemError as error:
            if error.code != "task_unknown":
                raise
        return Model.read(await self.http.patch(_at("models", thing_id), changes))


def _at(kind: str, id_: str) -> str:
    """A path; an id that somebody typed stays one step of it."""
    return f"/{kind}/{quote(id_, safe='')}"
