"""``/tasks/{id}/links`` and ``/shared/open``."""

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid5

from fastapi import APIRouter, Request, Response, status

from api.access import Caller, Identity
from api.accounts import enter
from api.accounts.limits import Action
from api.accounts.secrets import Secret, digest
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, origin, tell_sequence
from api.errors.documents import documented, public
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.sharing import table
from api.sharing.looking import COOKIE
from api.sharing.resources import LinkList, LinkResource, MadeLink, NewLink, OpenedTask, ShownLink
from api.tasks import reading
from core.domain.ownership import RevokeShare, Share
from core.domain.task import TASK
from core.domain.told import Told
from core.events.ids import CommandId
from core.events.ownership import LinkId
from core.nats.execute import execute

router = APIRouter(tags=["sharing"])

PREFIX: Final = "mgs_"


@router.post(
    "/tasks/{task_id}/links",
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "The link, with its secret."},
        **documented("task_unknown", "not_yours", "broker_unavailable"),
    },
)
async def create_link(
    task_id: UUID,
    new: NewLink,
    caller: Caller,
    parts: PartsOf,
    response: Response,
    key: IdempotencyKey = None,
) -> MadeLink:
    """Make a link that opens the task, its profile and its files to whoever has it, to look at, without an account.

    After an answer that got lost, ask again with the same ``Idempotency-Key``: it is the same link, with another secret.
    """
    task = await reading.changeable(parts, caller, task_id)
    command = command_id(caller, f"POST /tasks/{task_id}/links", key)
    secret, expires_at = Secret.make(PREFIX), now() + timedelta(days=new.days)
    row = await table.insert(parts.pool, task_id, secret.sha256, caller.account, command, expires_at)
    outcome = await execute(
        parts.log, TASK, task.key, Share(row.id, row.expires_at), origin(caller, command, owner=task.owner), now
    )
    tell_sequence(response, outcome.known.sequence)
    url = f"{parts.settings.api_url}/shared/{task_id}#{secret.text}"
    return MadeLink(**LinkResource.of(row, now()).model_dump(), token=secret.text, url=url)


@router.get("/tasks/{task_id}/links", dependencies=[Fresh], responses=documented("task_unknown", "not_yours"))
async def list_links(task_id: UUID, caller: Caller, parts: PartsOf) -> LinkList:
    """All links to a task that were ever made, without their secrets."""
    await reading.changeable(parts, caller, task_id)
    return LinkList(items=[LinkResource.of(row, now()) for row in await table.of_task(parts.pool, task_id)])


@router.delete(
    "/tasks/{task_id}/links/{link_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={
        204: {"headers": SEQUENCE_HEADER, "description": "It opens nothing any more."},
        **documented("task_unknown", "not_yours", "link_unknown", "broker_unavailable"),
    },
)
async def revoke_link(task_id: UUID, link_id: UUID, caller: Caller, parts: PartsOf, response: Response) -> None:
    """Revoke a link, at once. Asking twice is asking once."""
    task = await reading.changeable(parts, caller, task_id)
    if not await table.revoke(parts.pool, task_id, link_id):
        raise RefusedError(
            "link_unknown", Told("Task {task_id} has no link {link_id}.", task_id=task_id, link_id=link_id)
        )
    tell_sequence(response, await _tell_revoked(parts, caller, task, LinkId(link_id)))


async def _tell_revoked(parts: Parts, caller: Identity, task: reading.OwnedTask, link: LinkId) -> int:
    because = origin(caller, CommandId(uuid5(link, "revoke")), owner=task.owner)
    return (await execute(parts.log, TASK, task.key, RevokeShare(link), because, now)).known.sequence


@router.post(
    "/shared/open", openapi_extra={"security": []}, responses=public("invalid_request", "link_unknown", "rate_limited")
)
async def open_link(shown: ShownLink, request: Request, parts: PartsOf, response: Response) -> OpenedTask:
    """Which task a link's secret opens. A browser gets a cookie for that task's paths, so that it can download and follow.

    Programs send the secret with each request instead, in the header ``Mgeprof-Link``.
    """
    await enter.spend(request, parts, Action.OPEN)
    opened = await table.opened(parts.pool, digest(shown.token))
    if opened is None:
        raise RefusedError("link_unknown", "This link is over, was revoked, or never was.")
    response.set_cookie(
        COOKIE,
        shown.token,
        expires=opened.expires_at,
        path=f"/api/v1/tasks/{opened.task_id}",
        secure=parts.settings.api_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )
    return OpenedTask(task_id=opened.task_id, expires_at=opened.expires_at)
