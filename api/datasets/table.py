"""The table of datasets."""

from typing import Any, Final
from uuid import UUID

from api.datasets.resources import DatasetResource, NewDataset
from api.tasks.resources import AskedInputs
from core.events.ids import AccountId, CommandId, new_id
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


async def find(connection: Connection | Pool, id_: UUID, owner: AccountId) -> DatasetResource | None:
    row = await connection.fetchrow(_SQL["by_id"], id_, owner)
    return None if row is None else _dataset(row)


async def of_owner(connection: Connection | Pool, owner: AccountId) -> list[DatasetResource]:
    return [_dataset(row) for row in await connection.fetch(_SQL["of_owner"], owner)]


async def delete(connection: Connection | Pool, id_: UUID, owner: AccountId) -> bool:
    """Whether it was there."""
    return await connection.fetchval(_SQL["delete"], id_, owner) is not None


def _dataset(row: Any) -> DatasetResource:
    return DatasetResource(**row["content"], id=row["id"], name=row["name"], created_at=row["created_at"])
