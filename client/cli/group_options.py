"""`--project` and `--tag` of commands that submit or list."""

from __future__ import annotations

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


async def grouped(client: Client, project: str | None, tags: list[str] | None) -> dict[str, Any]:
    """``project`` (its id) and ``tags``, without what was not given. Raises ProblemError when there is no such project."""
    told: dict[str, Any] = {}
    if project is not None:
        told["project"] = (await client.project(project)).id
    if tags:
        told["tags"] = tags
    return told
