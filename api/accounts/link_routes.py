"""Invitations, and setting a forgotten password by a link."""

from datetime import timedelta
from uuid import UUID

from fastapi import BackgroundTasks, Request, Response, status

from api.access import AdminCaller
from api.accounts import enter, links, sessions, users
from api.accounts.auth_routes import ANYBODY
from api.accounts.letters import invitation_letter, password_letter
from api.accounts.limits import Action
from api.accounts.links import LinkKind, LinkRow, NewLink
from api.accounts.mail import Mail
from api.accounts.names import key_of
from api.accounts.passwords import check
from api.accounts.resources import (
    Forgot,
    InvitationList,
    InvitationResource,
    LinkLook,
    LinkResource,
    MadeInvitation,
    NewInvitation,
    PasswordLink,
    SetPassword,
)
from api.commands import IdempotencyKey, command_id
from api.errors.documents import documented, public
from api.errors.problem import RefusedError
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain.told import Told
from core.events.account import Role
from core.events.ids import AccountId

router = router_at(tag="account")

_PASSWORD = frozenset({LinkKind.PASSWORD})


@router.post(
    "/invitations",
    operation_id="invite",
    tags=["administration"],
    status_code=status.HTTP_201_CREATED,
    responses=documented("admin_only", "idempotency_key_reused"),
)
async def invite(
    new: NewInvitation, caller: AdminCaller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> MadeInvitation:
    """Make a link that lets one person in. It is shown this once, and sent by mail where that is configured.

    After an answer that got lost, ask again with the same ``Idempotency-Key``: it is the same invitation, with another link.
    """
    days = new.expires_in_days or parts.settings.accounts.invitation_days
    link = NewLink(
        LinkKind.INVITATION,
        timedelta(days=days),
        role=new.role,
        email=new.email,
        made_by=caller.account,
        command=None if key is None else command_id(caller, "POST /invitations", key),
    )
    row, secret = await links.insert(parts.pool, link)
    url = links.url(parts.settings.api_url, LinkKind.INVITATION, secret.text)
    mail, mailed = parts.accounts.mail, False
    if mail is not None and new.email is not None:
        mailed = await mail.send(new.email, *invitation_letter(url, row.expires_at))
    response.headers["Cache-Control"] = "no-store"
    return MadeInvitation(**_invitation(row).model_dump(), url=url, token=secret.text, mailed=mailed)


@router.get(
    "/invitations", operation_id="list_invitations", tags=["administration"], responses=documented("admin_only")
)
async def list_invitations(_caller: AdminCaller, parts: PartsOf) -> InvitationList:
    """Those that nobody has used yet, the newest first."""
    return InvitationList(items=[_invitation(row) for row in await links.invitations(parts.pool)])


@router.delete(
    "/invitations/{invitation_id}",
    operation_id="revoke_invitation",
    tags=["administration"],
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented("admin_only", "invitation_unknown"),
)
async def revoke_invitation(invitation_id: UUID, _caller: AdminCaller, parts: PartsOf) -> None:
    if not await links.revoke_invitation(parts.pool, invitation_id):
        raise RefusedError(
            "invitation_unknown", Told("There is no invitation {invitation_id}.", invitation_id=invitation_id)
        )


@router.post(
    "/users/{account_id}/password-link",
    operation_id="make_password_link",
    tags=["administration"],
    status_code=status.HTTP_201_CREATED,
    responses=documented("admin_only", "account_unknown"),
)
async def make_password_link(account_id: UUID, caller: AdminCaller, parts: PartsOf, response: Response) -> PasswordLink:
    """For somebody who forgot their password: a link that sets a new one, to be handed over. Earlier ones are void."""
    if await users.find(parts.pool, AccountId(account_id)) is None:
        raise RefusedError("account_unknown", Told("There is no account {account_id}.", account_id=account_id))
    response.headers["Cache-Control"] = "no-store"
    return await _password_link(parts, AccountId(account_id), caller.account)


async def _password_link(parts: Parts, account: AccountId, made_by: AccountId | None) -> PasswordLink:
    life = timedelta(seconds=parts.settings.accounts.password_link_s)
    await links.void(parts.pool, LinkKind.PASSWORD, account)
    row, secret = await links.insert(parts.pool, NewLink(LinkKind.PASSWORD, life, account=account, made_by=made_by))
    url = links.url(parts.settings.api_url, LinkKind.PASSWORD, secret.text)
    return PasswordLink(url=url, token=secret.text, expires_at=row.expires_at)


@router.post(
    "/auth/forgot",
    operation_id="forgot_password",
    openapi_extra=ANYBODY,
    status_code=status.HTTP_202_ACCEPTED,
    responses=public("mail_missing", "rate_limited"),
)
async def forgot_password(asked: Forgot, request: Request, parts: PartsOf, background: BackgroundTasks) -> None:
    """Have a link sent to the account's address. The answer is the same whether there is such an account or not."""
    await enter.spend(request, parts, Action.FORGOT, f"name {key_of(asked.login)}")
    if parts.accounts.mail is None:
        raise RefusedError("mail_missing", "No SMTP server is configured.")
    background.add_task(_send_password_link, parts, parts.accounts.mail, asked.login)


async def _send_password_link(parts: Parts, mail: Mail, login: str) -> None:
    user = await users.find_by_login(parts.pool, login)
    if user is not None and user.email is not None:
        link = await _password_link(parts, user.id, None)
        await mail.send(user.email, *password_letter(link.url, link.expires_at, user.language))


@router.post(
    "/auth/link", operation_id="look_at_link", openapi_extra=ANYBODY, responses=public("link_refused", "rate_limited")
)
async def look_at_link(asked: LinkLook, request: Request, parts: PartsOf) -> LinkResource:
    """What a link is good for, without using it: for the page that it opens."""
    await enter.spend(request, parts, Action.OPEN)
    row = await links.look(parts.pool, asked.token, frozenset(LinkKind))
    user = None if row.account is None else await users.find(parts.pool, row.account)
    return LinkResource(kind=row.kind, email=row.email, name=user.name if user else None, expires_at=row.expires_at)


@router.post(
    "/auth/password",
    operation_id="set_password",
    openapi_extra=ANYBODY,
    status_code=status.HTTP_204_NO_CONTENT,
    responses=public("link_refused", "password_weak", "rate_limited", "hashing_busy"),
)
async def set_password(asked: SetPassword, request: Request, parts: PartsOf) -> None:
    """Set a new password with a link's token. All sessions of the account end."""
    await enter.spend(request, parts, Action.LOGIN)
    found = await links.look(parts.pool, asked.token, _PASSWORD)
    user = None if found.account is None else await users.find(parts.pool, found.account)
    if user is None:
        raise RefusedError("link_refused", "The account is gone.")
    password = asked.password.get_secret_value()
    check(password, user.name, user.email)
    hashed = await parts.accounts.passwords.hash(password)
    async with parts.pool.acquire() as connection, connection.transaction():
        await links.use(connection, asked.token, _PASSWORD)
        await users.set_password(connection, user.id, hashed)
        await sessions.end_all(connection, user.id)


def _invitation(row: LinkRow) -> InvitationResource:
    return InvitationResource(
        id=row.id,
        role=row.role or Role.USER,
        email=row.email,
        made_by=row.made_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
