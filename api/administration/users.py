"""``/users``: everybody's accounts."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response, status
from pydantic import AwareDatetime, TypeAdapter

from api.access import AdminCaller
from api.administration.resources import UserChange, UserPage, UserQuery, UserResource
from api.commands import SEQUENCE_HEADER, now, origin, tell_sequence
from api.deletion import accounts
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.identity import Identity
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain.account import ACCOUNT, ChangeRole, Command, Disable, Enable
from core.domain.told import Told
from core.events.ids import LOCAL_ACCOUNT, AccountId, CommandId, new_id
from core.events.subjects import account_key
from core.nats.execute import execute
from core.postgres.queries import Queries, escaped_like
from projections.paging import Cursors

router = router_at("/users", tag="administration")

_SQL: Final = Queries.beside(__file__)
_ROW: Final = TypeAdapter(UserResource)


@dataclass(frozen=True)
class _Place:
    created_at: AwareDatetime
    id: UUID


_CURSORS: Final = Cursors(_Place)


@router.get("", dependencies=[Fresh], responses=documented("admin_only", "invalid_cursor", "not_fresh_yet"))
async def list_users(_caller: AdminCaller, parts: PartsOf, query: Annotated[UserQuery, Query()]) -> UserPage:
    """Accounts, the newest first; deleted ones have nothing left to show."""
    place = None if query.cursor is None else _CURSORS.read(query.cursor)
    found = await parts.pool.fetch(
        _SQL["users"],
        None if not query.q else f"%{escaped_like(query.q)}%",
        query.role or None,
        query.standing or None,
        place and place.created_at,
        place and place.id,
        None,
        query.limit + 1,
    )
    users = [_ROW.validate_python(dict(row)) for row in found]
    shown = users[: query.limit]
    more = len(users) > query.limit
    return UserPage(
        items=shown, next_cursor=_CURSORS.write(_Place(shown[-1].created_at, shown[-1].id)) if more else None
    )


@router.get(
    "/{account_id}", dependencies=[Fresh], responses=documented("admin_only", "account_unknown", "not_fresh_yet")
)
async def get_user(account_id: UUID, _caller: AdminCaller, parts: PartsOf) -> UserResource:
    return await _user(parts, account_id)


@router.patch(
    "/{account_id}",
    dependencies=[Fresh],
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "The account as it is now."},
        **documented("admin_only", "account_unknown", "not_yourself", "local_account", "broker_unavailable"),
    },
)
async def change_user(
    account_id: UUID, change: UserChange, caller: AdminCaller, parts: PartsOf, response: Response
) -> UserResource:
    """Change an account's role, disable it, or enable it again. It holds with the next request."""
    user = await _others(parts, caller, account_id)
    commands: list[Command] = [ChangeRole(change.role)] if change.role is not None else []
    if change.disabled is not None:
        commands.append(Disable() if change.disabled else Enable())
    sequence = 0
    for command in commands:
        because = origin(caller, CommandId(new_id()), owner=AccountId(account_id))
        outcome = await execute(parts.log, ACCOUNT, account_key(AccountId(account_id)), command, because, now)
        sequence = outcome.known.sequence
    if change.disabled:
        await parts.pool.execute(_SQL["end_sessions"], account_id)
    tell_sequence(response, sequence)
    if sequence and not await parts.position.reached(sequence, parts.settings.api_freshness_s):
        return user
    return await _user(parts, account_id)


@router.delete(
    "/{account_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={
        204: {"headers": SEQUENCE_HEADER, "description": "It is deleted."},
        **documented("admin_only", "account_unknown", "not_yourself", "local_account", "broker_unavailable"),
    },
)
async def delete_user(account_id: UUID, caller: AdminCaller, parts: PartsOf, response: Response) -> None:
    """Delete somebody's account with everything that is theirs: at once what has ended, what runs as soon as it is stopped."""
    await _others(parts, caller, account_id)
    tell_sequence(response, await accounts.ask(parts, AccountId(account_id), caller.account))


async def _others(parts: Parts, caller: Identity, account: UUID) -> UserResource:
    """An account that the caller may change; whoever administers stays, so there is always somebody."""
    user = await _user(parts, account)
    if account == caller.account:
        raise RefusedError("not_yourself", "Another administrator has to do this to your account.")
    if account == LOCAL_ACCOUNT:
        raise RefusedError("local_account", "The installation's own account stays as it is.")
    return user


async def _user(parts: Parts, account: UUID) -> UserResource:
    row = await parts.pool.fetchrow(_SQL["users"], None, None, None, None, None, account, 1)
    if row is None:
        raise RefusedError("account_unknown", Told("There is no account {account}.", account=account))
    return _ROW.validate_python(dict(row))
