"""``/keys``: API keys."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import Response, status

from api.access import Caller, OwnerCaller
from api.accounts import keys
from api.accounts.keys import KeyRow
from api.accounts.resources import KeyList, KeyResource, MadeKey, NewKey
from api.commands import IdempotencyKey, command_id
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.parts import PartsOf
from api.routing import router_at
from core.domain.told import Told

router = router_at("/keys", tag="account")


@router.post(
    "",
    operation_id="create_key",
    status_code=status.HTTP_201_CREATED,
    responses=documented("session_needed", "scope_missing", "idempotency_key_reused"),
)
async def create_key(
    new: NewKey, caller: OwnerCaller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> MadeKey:
    """Make a key for a program. It is shown this once; keys cannot make keys.

    After an answer that got lost, ask again with the same ``Idempotency-Key``: it is the same key, with another secret.
    """
    beyond = new.scopes - caller.scopes
    if beyond:
        raise RefusedError(
            "scope_missing", Told("You have not the scope {scopes} yourself.", scopes=", ".join(sorted(beyond)))
        )
    until = None if new.expires_in_days is None else datetime.now(UTC) + timedelta(days=new.expires_in_days)
    command = None if key is None else command_id(caller, "POST /keys", key)
    row, secret = await keys.insert(parts.pool, caller.account, new.name, new.scopes, until, command)
    response.headers["Cache-Control"] = "no-store"
    return MadeKey(**_resource(row).model_dump(), key=secret.text)


@router.get("", operation_id="list_keys", responses=documented())
async def list_keys(caller: Caller, parts: PartsOf) -> KeyList:
    """Your keys that hold, the newest first."""
    return KeyList(items=[_resource(row) for row in await keys.of_account(parts.pool, caller.account)])


@router.delete(
    "/{key_id}",
    operation_id="revoke_key",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented("key_unknown"),
)
async def revoke_key(key_id: UUID, caller: Caller, parts: PartsOf) -> None:
    """A key may also revoke itself. Holds at once."""
    if not await keys.revoke(parts.pool, key_id, caller.account):
        raise RefusedError("key_unknown", Told("There is no key {key_id}.", key_id=key_id))


def _resource(row: KeyRow) -> KeyResource:
    return KeyResource(
        id=row.id,
        name=row.name,
        beginning=row.beginning,
        scopes=sorted(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
