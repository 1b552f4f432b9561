"""Who looks at a task: a caller, or whoever shows a link to it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header, Request

from api.access import PerhapsCaller
from api.accounts.secrets import digest
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from api.sharing import table
from api.visibility import Viewer

LINK_HEADER: Final = "Mgeprof-Link"
COOKIE: Final = "mgeprof_link"
"""Holds a link's secret for one task's paths, so that a browser's own downloads and streams carry it."""


async def who_looks(
    task_id: UUID,
    request: Request,
    parts: PartsOf,
    caller: PerhapsCaller,
    link: Annotated[
        str | None,
        Header(alias=LINK_HEADER, max_length=200, description="The secret of a link to this task, instead of a token."),
    ] = None,
) -> Viewer:
    """Raises RefusedError as ``caller`` does when neither a link nor a token lets in."""
    shown = link or request.cookies.get(COOKIE)
    if shown and await _opens(parts, digest(shown), task_id):
        return Viewer(None if isinstance(caller, RefusedError) else caller, task_id, digest(shown))
    if not isinstance(caller, RefusedError):
        return Viewer(caller)
    if shown and caller.code == "token_missing":
        raise RefusedError("link_unknown", "The link opens nothing here: it is over, was revoked, or leads elsewhere.")
    raise caller


async def _opens(parts: Parts, sha256: str, task_id: UUID) -> bool:
    opened = await table.opened(parts.pool, sha256)
    return opened is not None and opened.task_id == task_id


async def still(parts: Parts, viewer: Viewer) -> Viewer:
    """The same viewer, without the link if it opens nothing any more."""
    if viewer.link is None or viewer.opened is None or await _opens(parts, viewer.link, viewer.opened):
        return viewer
    return Viewer(viewer.identity)


Looking = Annotated[Viewer, Depends(who_looks)]
