"""The table of datasets."""

from typing import Any, Final
from uuid import UUID

from api.datasets.resources import DatasetResource, NewDataset
from api.errors.problem import RefusedError
from api.identity import Identity
from api.tasks.resources import AskedInputs
from api.visibility import Reach, may_see
from core.domain.told import Told
from core.events.ids import AccountId, CommandId, new_id
from core.events.ownership import Visibility
from core.postgres.connection import Connection, Pool
from core.postgres.queries import Queries

_SQL: Final = Queries.beside(__file__)


async def insert(
    connection: Connection | Pool, owner: AccountId, new: NewDataset, command: CommandId
) -> DatasetResource | None:
    """The dataset, the same command's earlier one if there was one; None when another has the name."""
    content = AskedInputs.model_validate(new.model_dump(exclude={"name"})).model_dump(mode="json")
    await connection.execute(_SQL["insert"], new_id(), owner, new.name, content, command)
    row = await connection.fetchrow(_SQL["of_command"], command)
    return None if row is None else _dataset(row)


async def visible(connection: Connection | Pool, id_: UUID, who: Identity) -> DatasetResource:
    """Raises RefusedError with ``dataset_unknown``, also for what the caller may not see."""
    row = await connection.fetchrow(_SQL["by_id"], id_)
    dataset = None if row is None else _dataset(row)
    if dataset is None or not may_see(who, dataset):
        raise RefusedError("dataset_unknown", Told("There is no dataset {id}.", id=id_))
    return dataset


async def within(connection: Connection | Pool, eye: Reach) -> list[DatasetResource]:
    """By name."""
    return [_dataset(row) for row in await connection.fetch(_SQL["of_owner"], eye.owner, eye.team)]


async def show(connection: Connection | Pool, id_: UUID, visibility: Visibility) -> None:
    await connection.execute(_SQL["show"], id_, visibility)


async def delete(connection: Connection | Pool, id_: UUID) -> None:
    await connection.execute(_SQL["delete"], id_)


def _dataset(row: Any) -> DatasetResource:
    return DatasetResource(**row["content"], **{name: row[name] for name in _COLUMNS})


_COLUMNS: Final = ("id", "owner", "name", "visibility", "created_at")
