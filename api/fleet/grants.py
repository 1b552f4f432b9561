"""``/runners/{id}/grants``: who may use a private runner."""

from uuid import UUID

from fastapi import Response, status

from api.access import Caller
from api.accounts import users
from api.commands import SEQUENCE_HEADER, IdempotencyKey, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.fleet import reading
from api.fleet.administration import carry_out
from api.fleet.resources import GrantList, GrantResource, NewGrant
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.routing import router_at
from core.domain.runner import Grant, RevokeGrant
from core.domain.told import Told
from core.events.ids import AccountId

router = router_at("/runners/{runner_id}/grants", tag="runners")


@router.get("", dependencies=[Fresh], responses=documented("runner_unknown", "not_your_runner", "not_fresh_yet"))
async def list_grants(runner_id: UUID, caller: Caller, parts: PartsOf) -> GrantList:
    """Accounts that may use the runner besides its owner. They count while it is private."""
    found = await reading.administered(parts, caller, runner_id)
    return GrantList(items=[await _resource(parts, account) for account in found.runner.grants])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses={
        201: {"headers": SEQUENCE_HEADER, "description": "Who may use it now."},
        **documented("runner_unknown", "not_your_runner", "account_unknown", "runner_revoked", "broker_unavailable"),
    },
)
async def grant_runner(
    runner_id: UUID, new: NewGrant, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> GrantResource:
    """Let an account use the runner: from its next submission on, and what of its waits already."""
    found = await reading.administered(parts, caller, runner_id)
    account = await _account(parts, new)
    tell_sequence(response, await carry_out(parts, caller, found, Grant(account), _of(account, key)))
    return await _resource(parts, account)


@router.delete(
    "/{account_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={
        204: {"headers": SEQUENCE_HEADER, "description": "The account may not use it any more."},
        **documented("runner_unknown", "not_your_runner", "runner_revoked", "broker_unavailable"),
    },
)
async def revoke_grant(
    runner_id: UUID, account_id: UUID, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> None:
    """What the account runs there ends as it would; what waits for the runner waits on, and says why."""
    found = await reading.administered(parts, caller, runner_id)
    account = AccountId(account_id)
    tell_sequence(response, await carry_out(parts, caller, found, RevokeGrant(account), _of(account, key)))


def _of(account: AccountId, key: str | None) -> str | None:
    return None if key is None else f"{account}\n{key}"


async def _account(parts: Parts, new: NewGrant) -> AccountId:
    found = None
    if new.account is not None:
        found = await users.find(parts.pool, new.account)
    elif new.name is not None:
        found = await users.find_by_login(parts.pool, new.name)
    if found is None:
        raise RefusedError(
            "account_unknown",
            Told("There is no account {account}.", account=new.account or new.name or "without a name"),
        )
    return found.id


async def _resource(parts: Parts, account: AccountId) -> GrantResource:
    user = await users.find(parts.pool, account)
    return GrantResource(account=account, name=user.name if user else None)
