"""Who looks at a task: a caller, or whoever shows a link to it."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header, Request

from api.access import Identity, PerhapsCaller
from api.accounts.secrets import digest
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from api.sharing import table
from api.visibility import Viewer

LINK_HEADER: Final = "Mgeprof-Link"
COOKIE: Final = "mgeprof_link"
"""Holds a link's secret for one task's paths, so that a browser's own downloads and streams carry it."""


LinkShown = Annotated[
    str | None,
    Header(alias=LINK_HEADER, max_length=200, description="The secret of a link to this task, instead of a token."),
]


async def who_looks(
    task_id: UUID, request: Request, parts: PartsOf, caller: PerhapsCaller, link: LinkShown = None
) -> Viewer:
    """Raises RefusedError as ``caller`` does when neither a link nor a token lets in."""
    viewer = await _viewer(parts, caller, link or request.cookies.get(COOKIE))
    if viewer.identity is None and viewer.opened != task_id:
        raise _refusal(caller)
    return viewer


async def who_looks_around(parts: PartsOf, caller: PerhapsCaller, link: LinkShown = None) -> Viewer:
    """As ``who_looks``, where several tasks are asked for, or none by name: each is still to be checked."""
    return await _viewer(parts, caller, link)


async def _viewer(parts: Parts, caller: Identity | RefusedError, shown: str | None) -> Viewer:
    opened = await table.opened(parts.pool, digest(shown)) if shown else None
    if shown and opened is not None:
        return Viewer(None if isinstance(caller, RefusedError) else caller, opened.task_id, digest(shown))
    if not isinstance(caller, RefusedError):
        return Viewer(caller)
    raise _refusal(caller) if shown else caller


def _refusal(caller: Identity | RefusedError) -> RefusedError:
    """Of whoever showed a link that does not help: about the link, unless a token came, too."""
    if isinstance(caller, RefusedError) and caller.code != "token_missing":
        return caller
    return RefusedError("link_unknown", "The link opens nothing here: it is over, was revoked, or leads elsewhere.")


async def _opens(parts: Parts, sha256: str, task_id: UUID) -> bool:
    opened = await table.opened(parts.pool, sha256)
    return opened is not None and opened.task_id == task_id


async def still(parts: Parts, viewer: Viewer) -> Viewer:
    """The same viewer, without the link if it opens nothing any more."""
    if viewer.link is None or viewer.opened is None or await _opens(parts, viewer.link, viewer.opened):
        return viewer
    return Viewer(viewer.identity)


Looking = Annotated[Viewer, Depends(who_looks)]
LookingAround = Annotated[Viewer, Depends(who_looks_around)]
