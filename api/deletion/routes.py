"""``DELETE`` of tasks, their files, models, inputs, and one's own account."""

from typing import Any, Final
from uuid import UUID

from fastapi import Response, status

from api.access import Caller, OwnerCaller
from api.commands import SEQUENCE_HEADER, tell_sequence
from api.deletion import accounts, models, tasks
from api.deletion.table import SQL, Kind
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.inputs import table as inputs
from api.models import table as named_models
from api.parts import PartsOf
from api.routing import router_at
from api.tasks import reading
from api.visibility import check_change
from core.domain.told import Told
from core.events.account import Role
from core.events.ids import LOCAL_ACCOUNT
from projections.account_directory import queries as directory

router = router_at(tag="deletion")

_GONE: Final[dict[int | str, dict[str, Any]]] = {204: {"headers": SEQUENCE_HEADER, "description": "It is deleted."}}


@router.delete(
    "/tasks/{task_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={**_GONE, **documented("task_unknown", "not_yours", "task_not_ended", "broker_unavailable")},
)
async def delete_task(task_id: UUID, caller: Caller, parts: PartsOf, response: Response) -> None:
    """Delete a task that has ended: its name, its links, its profile and all its files."""
    task = await reading.changeable(parts, caller, task_id)
    tell_sequence(response, await tasks.ask(parts, Kind.TASK, task.key, task.owner, caller.account))


@router.delete(
    "/tasks/{task_id}/artifacts",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={**_GONE, **documented("task_unknown", "not_yours", "task_not_ended", "broker_unavailable")},
)
async def delete_artifacts(task_id: UUID, caller: Caller, parts: PartsOf, response: Response) -> None:
    """Delete the files of a task that has ended, its profile among them. Its totals and its history stay."""
    task = await reading.changeable(parts, caller, task_id)
    tell_sequence(response, await tasks.ask(parts, Kind.FILES, task.key, task.owner, caller.account))


@router.delete(
    "/models/{model_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={**_GONE, **documented("model_unknown", "not_yours", "broker_unavailable")},
)
async def delete_model(model_id: UUID, caller: Caller, parts: PartsOf, response: Response) -> None:
    """Delete a model with its name and its inspections. Tasks that it was measured in stay, without its name.

    The bytes go when no other model has them and no task waits for them.
    """
    model = await named_models.visible(parts.pool, model_id, caller)
    check_change(caller, model, f"Model {model_id}")
    tell_sequence(response, await models.ask(parts, model_id, model.owner, caller.account))


@router.delete(
    "/inputs/{input_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented("input_unknown", "not_yours", "input_in_use"),
)
async def delete_input(input_id: UUID, caller: Caller, parts: PartsOf) -> None:
    """Delete an input that no dataset holds. The bytes go when no other input has them and no task waits for them."""
    found = (await inputs.visible(parts.pool, [input_id], caller)).get(input_id)
    if found is None:
        raise RefusedError("input_unknown", Told("There is no input {input_id}.", input_id=input_id))
    if not await inputs.belongs_to(parts.pool, input_id, caller):
        raise RefusedError("not_yours", Told("Input {input_id} belongs to somebody else.", input_id=input_id))
    held = [row["name"] for row in await parts.pool.fetch(SQL["datasets_with_input"], str(input_id))]
    if held:
        raise RefusedError(
            "input_in_use",
            Told(
                "Input {input_id} is a part of {count} dataset(s): {names}.",
                input_id=input_id,
                count=len(held),
                names=", ".join(held[:5]),
            ),
        )
    await models.delete_input(parts, input_id)


@router.delete(
    "/me",
    operation_id="delete_account",
    tags=["account"],
    status_code=status.HTTP_204_NO_CONTENT,
    responses={**_GONE, **documented("session_needed", "last_admin", "local_account", "broker_unavailable")},
)
async def delete_account(caller: OwnerCaller, parts: PartsOf, response: Response) -> None:
    """Delete one's own account with everything that is one's own. Nothing brings it back."""
    if caller.account == LOCAL_ACCOUNT:
        raise RefusedError("local_account", "The installation's own account cannot be deleted.")
    if caller.role is Role.ADMIN and await directory.admins(parts.pool) <= 1:
        raise RefusedError("last_admin", "You are the only administrator: make somebody else one first.")
    tell_sequence(response, await accounts.ask(parts, caller.account, caller.account))
