"""``/datasets``."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from api.access import Caller
from api.commands import IdempotencyKey, command_id
from api.datasets import table
from api.datasets.resources import DatasetList, DatasetResource, NewDataset
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.inputs import table as inputs
from api.parts import PartsOf
from api.tasks.given import check_given

router = APIRouter(prefix="/datasets", tags=["datasets"])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=documented("invalid_request", "input_unknown", "bad_input", "dataset_exists"),
)
async def create_dataset(
    new: NewDataset, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> DatasetResource:
    """Give a set of inputs a name, to be used by many tasks."""
    check_given(new, await inputs.find(parts.pool, [*new.inputs.values(), *new.archives], caller.account))
    made = await table.insert(parts.pool, caller.account, new, command_id(caller, "POST /datasets", key))
    if made is None:
        raise RefusedError("dataset_exists", f"You have a dataset {new.name!r} already.")
    response.headers["Location"] = f"{parts.settings.api_url}/api/v1/datasets/{made.id}"
    return made


@router.get("", responses=documented())
async def list_datasets(caller: Caller, parts: PartsOf) -> DatasetList:
    """Your datasets, by name."""
    return DatasetList(items=await table.of_owner(parts.pool, caller.account))


@router.get("/{dataset_id}", responses=documented("dataset_unknown"))
async def get_dataset(dataset_id: UUID, caller: Caller, parts: PartsOf) -> DatasetResource:
    found = await table.find(parts.pool, dataset_id, caller.account)
    if found is None:
        raise RefusedError("dataset_unknown", f"There is no dataset {dataset_id}.")
    return found


@router.delete("/{dataset_id}", status_code=status.HTTP_204_NO_CONTENT, responses=documented("dataset_unknown"))
async def delete_dataset(dataset_id: UUID, caller: Caller, parts: PartsOf) -> None:
    """Forget a dataset. Its inputs, and the tasks that used it, stay as they are."""
    if not await table.delete(parts.pool, dataset_id, caller.account):
        raise RefusedError("dataset_unknown", f"There is no dataset {dataset_id}.")
