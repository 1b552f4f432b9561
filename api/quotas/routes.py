"""``/me/usage`` and ``/users/{id}/quota``."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import AdminCaller, Caller
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, tell_sequence
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.freshness import Fresh
from api.parts import Parts, PartsOf
from api.quotas.limits import quota_of, usage_of
from api.routing import router_at
from core.domain.account import ACCOUNT, SetQuota
from core.domain.told import Told
from core.events.account import QuotaSet
from core.events.envelope import Origin
from core.events.ids import AccountId
from core.events.subjects import account_key
from core.nats.execute import execute
from projections.account_directory import queries as directory

router = router_at(tag="account")

Limit = Annotated[int, Field(ge=0, le=2**53)]


class QuotaResource(BaseModel):
    """What may be used; null: without end. A quota that is set to null is the installation's own again."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"tasks_a_day": 200, "running": 2, "stored_bytes": 10**10}]}
    )

    tasks_a_day: Limit | None = None
    running: Limit | None = None
    """Tasks at once: what is over it waits."""
    stored_bytes: Limit | None = None


class UsageResource(BaseModel):
    tasks_today: int
    """Submitted in the last 24 hours."""
    running: int
    stored_bytes: int
    quota: QuotaResource


@router.get("/me/usage", dependencies=[Fresh], responses=documented("not_fresh_yet"))
async def get_my_usage(caller: Caller, parts: PartsOf) -> UsageResource:
    """What you use, and what you may."""
    return await _usage(parts, caller.account)


@router.get(
    "/users/{account_id}/usage",
    dependencies=[Fresh],
    responses=documented("admin_only", "account_unknown", "not_fresh_yet"),
)
async def get_usage(account_id: UUID, _caller: AdminCaller, parts: PartsOf) -> UsageResource:
    """What somebody uses, and may."""
    if not await directory.entries(parts.pool, [AccountId(account_id)]):
        raise RefusedError("account_unknown", Told("There is no account {account_id}.", account_id=account_id))
    return await _usage(parts, AccountId(account_id))


@router.put(
    "/users/{account_id}/quota",
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "What was set."},
        **documented("admin_only", "account_unknown", "broker_unavailable"),
    },
)
async def set_quota(
    account_id: UUID,
    quota: QuotaResource,
    caller: AdminCaller,
    parts: PartsOf,
    response: Response,
    key: IdempotencyKey = None,
) -> QuotaResource:
    """Say what somebody may use: from the next submission and the next choice of the scheduler on."""
    account, command = AccountId(account_id), command_id(caller, f"PUT /users/{account_id}/quota", key)
    fact = QuotaSet(tasks_a_day=quota.tasks_a_day, running=quota.running, stored_bytes=quota.stored_bytes)
    origin = Origin(command_id=command, owner=account, actor=caller.account, correlation_id=command)
    outcome = await execute(parts.log, ACCOUNT, account_key(account), SetQuota(fact), origin, now)
    tell_sequence(response, outcome.known.sequence)
    return quota


async def _usage(parts: Parts, account: AccountId) -> UsageResource:
    quota, usage = await quota_of(parts, account), await usage_of(parts, account)
    return UsageResource(
        tasks_today=usage.tasks_today,
        running=usage.running,
        stored_bytes=usage.stored_bytes,
        quota=QuotaResource(tasks_a_day=quota.tasks_a_day, running=quota.running, stored_bytes=quota.stored_bytes),
    )
