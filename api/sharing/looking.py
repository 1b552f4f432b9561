"""Who looks at tasks: a caller, or whoever shows a link to them."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header, Request

from api.access import PerhapsCaller
from api.accounts.secrets import digest
from api.errors.problem import RefusedError
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.sharing import table
from api.visibility import Viewer

LINK_HEADER: Final = "Mgeprof-Link"
COOKIE: Final = "mgeprof_link"
"""Begins the names of cookies that hold links' secrets, so that a browser's own downloads and streams carry them."""
_MOST_COOKIES: Final = 50
"""Further ones are not looked at: a browser that has opened so many sweeps has to open the link again."""


LinkShown = Annotated[
    str | None,
    Header(alias=LINK_HEADER, max_length=200, description="The secret of a link to this, instead of a token."),
]


async def who_looks(
    task_id: UUID, request: Request, parts: PartsOf, caller: PerhapsCaller, link: LinkShown = None
) -> Viewer:
    """Raises RefusedError as ``caller`` does when neither a link nor a token lets in."""
    viewer = await _viewer(request, parts, caller, link)
    if viewer.identity is None and task_id not in viewer.opened:
        raise _refusal(caller)
    return viewer


async def who_looks_around(request: Request, parts: PartsOf, caller: PerhapsCaller, link: LinkShown = None) -> Viewer:
    """As ``who_looks``, where several tasks are asked for, or none by name: each is still to be checked."""
    return await _viewer(request, parts, caller, link)


async def _viewer(request: Request, parts: Parts, caller: Identity | RefusedError, link: str | None) -> Viewer:
    if isinstance(caller, RefusedError) and link is None and _may_renew(request, parts, caller):
        raise caller
    shown = _shown(request, link)
    opened = await _opened(parts, shown) if shown else frozenset[UUID]()
    if opened:
        return Viewer(None if isinstance(caller, RefusedError) else caller, opened, shown)
    if not isinstance(caller, RefusedError):
        return Viewer(caller)
    raise _refusal(caller) if shown else caller


def _may_renew(request: Request, parts: Parts, refusal: RefusedError) -> bool:
    """A browser whose session only needs a new access token gets that first: it may see more than its links open."""
    return refusal.code in {"token_missing", "token_expired"} and parts.accounts.cookies.csrf in request.cookies


def _shown(request: Request, link: str | None) -> frozenset[str]:
    """Digests of all secrets that come along."""
    kept = [value for name, value in request.cookies.items() if name.startswith(COOKIE)][-_MOST_COOKIES:]
    return frozenset(digest(secret) for secret in (*kept, link) if secret)


async def _opened(parts: Parts, digests: frozenset[str]) -> frozenset[UUID]:
    found = await table.opened(parts.pool, digests)
    return frozenset[UUID]().union(*(link.tasks for link in found.values()))


def _refusal(caller: Identity | RefusedError) -> RefusedError:
    """Of whoever showed a link that does not help: about the link, unless a token came, too."""
    if isinstance(caller, RefusedError) and caller.code != "token_missing":
        return caller
    return RefusedError("link_unknown", "The link opens nothing here: it is over, was revoked, or leads elsewhere.")


async def still(parts: Parts, viewer: Viewer) -> Viewer:
    """The same viewer, without the links that open nothing any more."""
    return Viewer(viewer.identity, await _opened(parts, viewer.links), viewer.links) if viewer.links else viewer


Looking = Annotated[Viewer, Depends(who_looks)]
LookingAround = Annotated[Viewer, Depends(who_looks_around)]
