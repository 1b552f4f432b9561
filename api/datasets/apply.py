"""A task's inputs from a dataset."""

from api.datasets import table
from api.identity import Identity
from api.parts import Parts
from api.tasks.resources import NewTask


async def with_dataset(parts: Parts, caller: Identity, new: NewTask) -> NewTask:
    """The request with what its dataset holds; what the request says itself about an input goes before. Raises RefusedError."""
    if new.dataset is None:
        return new
    dataset = await table.visible(parts.pool, new.dataset, caller)
    said = new.inputs.keys() | new.random.keys()
    return new.model_copy(
        update={
            "inputs": {name: id_ for name, id_ in dataset.inputs.items() if name not in said} | new.inputs,
            "readings": {name: how for name, how in dataset.readings.items() if name not in said} | new.readings,
            "archives": [*dataset.archives, *new.archives],
            "random": {name: how for name, how in dataset.random.items() if name not in said} | new.random,
        }
    )
