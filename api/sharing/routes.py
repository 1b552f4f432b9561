"""``/tasks/{id}/links``, ``/sweeps/{id}/links`` and ``/shared/open``."""

from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID, uuid5

from fastapi import Depends, Request, Response, status

from api.access import Caller
from api.accounts import enter
from api.accounts.limits import Action
from api.accounts.secrets import Secret, digest
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, tell_sequence
from api.errors.documents import documented, public
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.sharing import table
from api.sharing.looking import COOKIE
from api.sharing.resources import LinkList, LinkResource, MadeLink, NewLink, OpenedLink, ShownLink
from api.sharing.things import Shareable, own_sweep, own_task
from core.domain.ownership import RevokeShare, Share
from core.domain.told import Told
from core.events.ids import CommandId
from core.events.ownership import LinkId

router = router_at(tag="sharing")

PREFIX: Final = "mgs_"

OwnTask = Annotated[Shareable, Depends(own_task)]
OwnSweep = Annotated[Shareable, Depends(own_sweep)]


def _making(unknown: str) -> dict[str, Any]:
    made = {"headers": SEQUENCE_HEADER, "description": "The link, with its secret."}
    told = documented(unknown, "not_yours", "broker_unavailable")
    return {"status_code": status.HTTP_201_CREATED, "responses": {201: made, **told}}


def _revoking(unknown: str) -> dict[str, Any]:
    revoked = {"headers": SEQUENCE_HEADER, "description": "It opens nothing any more."}
    told = documented(unknown, "not_yours", "link_unknown", "broker_unavailable")
    return {"status_code": status.HTTP_204_NO_CONTENT, "responses": {204: revoked, **told}}


@router.post("/tasks/{task_id}/links", **_making("task_unknown"))
async def create_link(
    new: NewLink, task: OwnTask, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> MadeLink:
    """Make a link that opens the task, its profile and its files to whoever has it, to look at, without an account.

    After an answer that got lost, ask again with the same ``Idempotency-Key``: it is the same link, with another secret.
    """
    return await _make(parts, task, new, response, command_id(caller, f"POST /tasks/{task.id}/links", key))


@router.post("/sweeps/{sweep_id}/links", **_making("sweep_unknown"))
async def create_sweep_link(
    new: NewLink, sweep: OwnSweep, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> MadeLink:
    """Make a link that opens the sweep and each of its tasks, and the comparison of these, to whoever has it.

    After an answer that got lost, ask again with the same ``Idempotency-Key``: it is the same link, with another secret.
    """
    return await _make(parts, sweep, new, response, command_id(caller, f"POST /sweeps/{sweep.id}/links", key))


async def _make(parts: Parts, thing: Shareable, new: NewLink, response: Response, command: CommandId) -> MadeLink:
    secret, expires_at = Secret.make(PREFIX), now() + timedelta(days=new.days)
    row = await table.insert(
        parts.pool, secret.sha256, thing.caller.account, command, expires_at, task=thing.task, sweep=thing.sweep
    )
    tell_sequence(response, await thing.tell(parts, Share(row.id, row.expires_at), command))
    response.headers["Cache-Control"] = "no-store"
    url = f"{parts.settings.api_url}/shared/{thing.page}#{secret.text}"
    return MadeLink(**LinkResource.of(row, now()).model_dump(), token=secret.text, url=url)


@router.get("/tasks/{task_id}/links", dependencies=[Fresh], responses=documented("task_unknown", "not_yours"))
async def list_links(task: OwnTask, parts: PartsOf) -> LinkList:
    """All links to a task that were ever made, without their secrets. Links to its sweep open it, too, and are listed there."""
    return await _list(parts, task)


@router.get("/sweeps/{sweep_id}/links", dependencies=[Fresh], responses=documented("sweep_unknown", "not_yours"))
async def list_sweep_links(sweep: OwnSweep, parts: PartsOf) -> LinkList:
    """All links to a sweep that were ever made, without their secrets."""
    return await _list(parts, sweep)


async def _list(parts: Parts, thing: Shareable) -> LinkList:
    return LinkList(items=[LinkResource.of(row, now()) for row in await table.links_to(parts.pool, thing.id)])


@router.delete("/tasks/{task_id}/links/{link_id}", **_revoking("task_unknown"))
async def revoke_link(link_id: UUID, task: OwnTask, parts: PartsOf, response: Response) -> None:
    """Revoke a link, at once. Asking twice is asking once."""
    missing = Told("Task {task_id} has no link {link_id}.", task_id=task.id, link_id=link_id)
    await _revoke(parts, task, LinkId(link_id), missing, response)


@router.delete("/sweeps/{sweep_id}/links/{link_id}", **_revoking("sweep_unknown"))
async def revoke_sweep_link(link_id: UUID, sweep: OwnSweep, parts: PartsOf, response: Response) -> None:
    """Revoke a link to a sweep, at once. Asking twice is asking once."""
    missing = Told("Sweep {sweep_id} has no link {link_id}.", sweep_id=sweep.id, link_id=link_id)
    await _revoke(parts, sweep, LinkId(link_id), missing, response)


async def _revoke(parts: Parts, thing: Shareable, link: LinkId, missing: Told, response: Response) -> None:
    if not await table.revoke(parts.pool, thing.id, link):
        raise RefusedError("link_unknown", missing)
    tell_sequence(response, await thing.tell(parts, RevokeShare(link), CommandId(uuid5(link, "revoke"))))


@router.post(
    "/shared/open", openapi_extra={"security": []}, responses=public("invalid_request", "link_unknown", "rate_limited")
)
async def open_link(shown: ShownLink, request: Request, parts: PartsOf, response: Response) -> OpenedLink:
    """What a link's secret opens. A browser gets a cookie for that task's paths, so that it can download and follow; of a sweep, for all paths.

    Programs send the secret with each request instead, in the header ``Mgeprof-Link``.
    """
    await enter.spend(request, parts, Action.OPEN)
    opened = (await table.opened(parts.pool, {digest(shown.token)})).get(digest(shown.token))
    if opened is None:
        raise RefusedError("link_unknown", "This link is over, was revoked, or never was.")
    task = None if opened.sweep_id else next(iter(opened.tasks))
    response.set_cookie(
        COOKIE if task else f"{COOKIE}_{str(opened.sweep_id)[-12:]}",
        shown.token,
        expires=opened.expires_at,
        path=f"/api/v1/tasks/{task}" if task else "/api/v1",
        secure=parts.settings.api_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return OpenedLink(task_id=task, sweep_id=opened.sweep_id, tasks=sorted(opened.tasks), expires_at=opened.expires_at)
