"""``/datasets``."""

from uuid import UUID

from fastapi import Response, status

from api.access import Caller
from api.commands import SEQUENCE_HEADER, IdempotencyKey, command_id, now, origin, tell_sequence
from api.datasets import table
from api.datasets.resources import DatasetChange, DatasetList, DatasetResource, NewDataset
from api.errors.documents import documented
from api.errors.problem import RefusedError
from api.identity import Identity
from api.inputs import table as inputs
from api.parts import Parts, PartsOf
from api.routing import router_at
from api.tasks.given import check_given
from api.visibility import Whose, check_change, reach
from core.domain.ownership import DATASET, ChangeVisibility, Delete
from core.domain.told import Told
from core.events.ids import AccountId, CommandId, DatasetId, new_id
from core.events.subjects import dataset_key
from core.nats.execute import execute

router = router_at("/datasets", tag="datasets")


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=documented("invalid_request", "input_unknown", "bad_input", "dataset_exists"),
)
async def create_dataset(
    new: NewDataset, caller: Caller, parts: PartsOf, response: Response, key: IdempotencyKey = None
) -> DatasetResource:
    """Give a set of inputs a name, to be used by many tasks."""
    check_given(new, await inputs.visible(parts.pool, [*new.inputs.values(), *new.archives], caller))
    made = await table.insert(parts.pool, caller.account, new, command_id(caller, "POST /datasets", key))
    if made is None:
        raise RefusedError("dataset_exists", Told("You have a dataset {name!r} already.", name=new.name))
    response.headers["Location"] = f"{parts.settings.api_url}/api/v1/datasets/{made.id}"
    return made


@router.get("", responses=documented())
async def list_datasets(caller: Caller, parts: PartsOf, whose: Whose = Whose.MINE) -> DatasetList:
    """Your datasets, or with `whose=anyone` all that you may see, by name."""
    return DatasetList(items=await table.within(parts.pool, reach(caller, whose)))


@router.get("/{dataset_id}", responses=documented("dataset_unknown"))
async def get_dataset(dataset_id: UUID, caller: Caller, parts: PartsOf) -> DatasetResource:
    return await table.visible(parts.pool, dataset_id, caller)


@router.patch(
    "/{dataset_id}",
    responses={
        200: {"headers": SEQUENCE_HEADER, "description": "The dataset as it is now."},
        **documented("dataset_unknown", "not_yours", "broker_unavailable"),
    },
)
async def change_dataset(
    dataset_id: UUID, change: DatasetChange, caller: Caller, parts: PartsOf, response: Response
) -> DatasetResource:
    """Change what can be changed of a dataset; what is not given stays as it is."""
    dataset = await table.visible(parts.pool, dataset_id, caller)
    check_change(caller, dataset, f"Dataset {dataset_id}")
    sequence = 0
    if change.visibility is not None:
        sequence = await _execute(parts, caller, dataset, ChangeVisibility(change.visibility))
        await table.show(parts.pool, dataset_id, change.visibility)
        dataset = dataset.model_copy(update={"visibility": change.visibility})
    tell_sequence(response, sequence)
    return dataset


@router.delete(
    "/{dataset_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={
        204: {"headers": SEQUENCE_HEADER, "description": "It is forgotten."},
        **documented("dataset_unknown", "not_yours", "broker_unavailable"),
    },
)
async def delete_dataset(dataset_id: UUID, caller: Caller, parts: PartsOf, response: Response) -> None:
    """Forget a dataset. Its inputs, and the tasks that used it, stay as they are."""
    dataset = await table.visible(parts.pool, dataset_id, caller)
    check_change(caller, dataset, f"Dataset {dataset_id}")
    tell_sequence(response, await _execute(parts, caller, dataset, Delete()))
    await table.delete(parts.pool, dataset_id)


async def _execute(parts: Parts, caller: Identity, dataset: DatasetResource, command: ChangeVisibility | Delete) -> int:
    """The event comes before the table: when the second is not reached, asking again does it."""
    because = origin(caller, CommandId(new_id()), owner=AccountId(dataset.owner))
    outcome = await execute(parts.log, DATASET, dataset_key(DatasetId(dataset.id)), command, because, now)
    return outcome.known.sequence
