"""`--project` and `--tag` of commands that submit or list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from client.client import Client

Project = Annotated[
    str | None, typer.Option(metavar="NAME", help="The project that it is in, by name or id.", show_default=False)
]
Tag = Annotated[
    list[str] | None, typer.Option(metavar="TAG", help="A tag that it has; may be repeated.", show_default=False)
]


@dataclass(frozen=True)
class Groups:
    """Where a new run belongs."""

    project: Project = None
    tag: Tag = None

    async def told(self, client: Client) -> dict[str, Any]:
        """As the server takes it. Raises ProblemError when there is no such project."""
        return await grouped(client, self.project, self.tag)


async def grouped(client: Client, project: str | None, tags: list[str] | None) -> dict[str, Any]:
    """``project`` (its id) and ``tags``, without what was not given. Raises ProblemError when there is no such project."""
    told: dict[str, Any] = {}
    if project is not None:
        told["project"] = (await client.project(project)).id
    if tags:
        told["tags"] = tags
    return told
